package io.serai.provider;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Picks out of an answer's headers those that speak of a rate limit; most answers have none. */
final class RateLimitHeaders {
    private RateLimitHeaders() {}

    /** Names in lower case. */
    static Map<String, String> of(Iterable<Map.Entry<String, String>> headers) {
        Map<String, String> found = Map.of();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey();
            if (name.length() > 9 && name.toLowerCase(Locale.ROOT).contains("ratelimit")) {
                found = found.isEmpty() ? new HashMap<>() : found;
                found.put(name.toLowerCase(Locale.ROOT), header.getValue());
            }
        }
        return found;
    }
}
