package io.serai.limits;

import io.serai.config.Settings;
import java.util.Locale;

/** What a client may use so much of in a minute. */
public enum Metered {
    REQUESTS,
    TOKENS;

    /** 0: without limit. */
    int of(Settings.PerMinute limits) {
        return this == REQUESTS ? limits.requests() : limits.tokens();
    }

    /** As in a header's name. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
