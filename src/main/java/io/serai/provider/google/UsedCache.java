package io.serai.provider.google;

import io.serai.call.Attempt;
import org.jspecify.annotations.Nullable;

/** Notes on an attempt which of the broker's cached contents its request stands on. */
final class UsedCache {
    /** No field of OpenAI's, and the attempt's body goes nowhere once its payload is made. */
    private static final String NOTE = "serai.cached_content";

    private UsedCache() {}

    static void note(Attempt attempt, String name) {
        attempt.body().put(NOTE, name);
    }

    /** Its name; null when the request is whole. */
    static @Nullable String of(Attempt attempt) {
        return attempt.body().path(NOTE).textValue();
    }
}
