package io.serai.door;

import io.serai.limits.Metered;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which web pages may read the broker's answers: none, unless {@code serai.cors.origins} names them. */
public final class Cors {
    /** Every header of an answer that a page may read, but the provider's own of its limits: their names are the provider's. */
    private static final String EXPOSED = Stream.of(
                    Stream.of("x-request-id", "retry-after"),
                    Stream.of("limit", "remaining", "reset")
                            .flatMap(level -> Stream.of(Metered.values())
                                    .map(what -> "x-ratelimit-" + level + "-" + what.word())),
                    RoutingFacts.NAMES.stream())
            .flatMap(names -> names)
            .collect(Collectors.joining(", "));

    private final List<String> origins;

    public Cors(List<String> origins) {
        this.origins = List.copyOf(origins);
    }

    boolean allows(@Nullable String origin) {
        return origin != null && (origins.contains(origin) || origins.contains("*"));
    }

    /** Adds what an allowed page's browser needs to see. */
    void allow(@Nullable String origin, Map<String, String> headers) {
        if (origin != null && allows(origin)) {
            headers.put("access-control-allow-origin", origin);
            headers.put("access-control-expose-headers", EXPOSED);
            headers.put("vary", "origin");
        }
    }

    /** The answer to a browser's question before the request; null when the page is not allowed. */
    public @Nullable Map<String, String> preflight(@Nullable String origin, @Nullable String askedHeaders) {
        if (!allows(origin)) {
            return null;
        }
        return Map.of(
                "access-control-allow-origin",
                String.valueOf(origin),
                "access-control-allow-methods",
                "GET, POST, OPTIONS",
                "access-control-allow-headers",
                askedHeaders == null ? "authorization, content-type, x-api-key" : askedHeaders,
                "access-control-max-age",
                "600",
                "vary",
                "origin");
    }
}
