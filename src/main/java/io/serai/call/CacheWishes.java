package io.serai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of the response cache: in the header {@code Cache-Control}, or as LiteLLM's clients do, in the body's field
 * {@code cache}. What both say holds together.
 *
 * @param noCache the answer is to be a fresh one; it is kept all the same
 * @param noStore the answer is not to be kept; one that is there may be given
 * @param maxAge how old a given answer may be; null: as old as it gets
 * @param ttl how long the answer is to be kept; null: as long as any
 * @see <a href="https://docs.litellm.ai/docs/proxy/caching#dynamic-cache-controls">LiteLLM's cache controls</a>
 */
public record CacheWishes(
        boolean noCache,
        boolean noStore,
        @Nullable Duration maxAge,
        @Nullable Duration ttl) {
    public static final CacheWishes NONE = new CacheWishes(false, false, null, null);

    private static final String FIELD = "cache";
    private static final Set<String> FIELDS = Set.of("no-cache", "no-store", "ttl", "s-maxage", "s-max-age");
    private static final long LONGEST_SECONDS = Duration.ofDays(3650).toSeconds();

    /**
     * Reads both, and takes the field out of the body, for no provider knows it. A {@code cache} that says something else is
     * left where it is.
     *
     * @param header null without one
     */
    public static CacheWishes of(@Nullable String header, ObjectNode body) {
        JsonNode field = body.get(FIELD);
        if (header == null && field == null) {
            return NONE;
        }
        CacheWishes wishes = header == null ? NONE : ofHeader(header);
        if (field instanceof ObjectNode said && says(said)) {
            body.remove(FIELD);
            wishes = wishes.and(ofField(said));
        }
        return wishes;
    }

    private static boolean says(ObjectNode field) {
        for (String name : (Iterable<String>) field::fieldNames) {
            if (!FIELDS.contains(name)) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9111, section 5.2.1; directives that this cache has no use for say nothing. */
    private static CacheWishes ofHeader(String header) {
        boolean noCache = false;
        boolean noStore = false;
        Duration maxAge = null;
        for (String part : header.split(",")) {
            String directive = part.strip().toLowerCase(Locale.ROOT);
            if (directive.equals("no-cache")) {
                noCache = true;
            } else if (directive.equals("no-store")) {
                noStore = true;
            } else if (directive.startsWith("max-age=")) {
                maxAge = seconds(directive.substring("max-age=".length()).replace("\"", ""));
            }
        }
        return new CacheWishes(noCache, noStore, maxAge, null);
    }

    private static CacheWishes ofField(ObjectNode field) {
        JsonNode age = field.has("s-maxage") ? field.path("s-maxage") : field.path("s-max-age");
        return new CacheWishes(
                field.path("no-cache").asBoolean(),
                field.path("no-store").asBoolean(),
                seconds(age.asText("")),
                seconds(field.path("ttl").asText("")));
    }

    private static @Nullable Duration seconds(String text) {
        if (!text.matches("\\d{1,18}(\\.\\d{0,9})?")) {
            return null;
        }
        String whole = text.contains(".") ? text.substring(0, text.indexOf('.')) : text;
        return Duration.ofSeconds(Math.min(LONGEST_SECONDS, Long.parseLong(whole)));
    }

    private CacheWishes and(CacheWishes other) {
        return new CacheWishes(
                noCache || other.noCache,
                noStore || other.noStore,
                maxAge == null || other.maxAge != null && other.maxAge.compareTo(maxAge) < 0 ? other.maxAge : maxAge,
                other.ttl == null ? ttl : other.ttl);
    }
}
