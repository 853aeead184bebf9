package io.serai.call;

import io.serai.config.Limits;
import io.serai.config.Permits;
import io.serai.config.Provider;
import io.serai.config.Timeouts;
import java.util.List;
import java.util.Map;

/** Instances of no provider in particular. */
public final class Instances {
    public static final Instance ONE = instance("one");
    public static final Instance OTHER = instance("other");

    private Instances() {}

    /** The first key of a provider of that id. */
    public static Instance instance(String id) {
        Provider provider = new Provider(
                id,
                id,
                "openai",
                "http://127.0.0.1:1/v1",
                false,
                List.of(),
                Map.of(),
                List.of(),
                Timeouts.DEFAULT,
                null,
                Limits.NONE,
                Permits.NONE,
                Provider.Wire.OPENAI,
                Provider.PromptCaching.OFF,
                null,
                List.of(),
                null);
        return Instance.of(provider, 0, null);
    }
}
