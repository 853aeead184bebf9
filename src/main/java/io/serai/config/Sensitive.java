package io.serai.config;

import java.util.Locale;

/** A kind of prompt that only some models may be sent. */
public enum Sensitive {
    /** Asks for sexual content. */
    NSFW,
    /** Holds what identifies or exposes a person. */
    PRIVACY;

    /** As files, logs and metrics spell it. */
    public String spelling() {
        return name().toLowerCase(Locale.ROOT);
    }
}
