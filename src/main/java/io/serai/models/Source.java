package io.serai.models;

import java.util.Locale;

/** Who said something of a model. */
public enum Source {
    /** The operator, in {@code providers.yaml}. */
    CONFIGURED,
    /** The provider, in an error that named the limit. */
    LEARNED,
    /** The provider, in its list of models. */
    FETCHED,
    /** {@code models.yaml}. */
    CATALOGUE;

    /** As it is shown. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
