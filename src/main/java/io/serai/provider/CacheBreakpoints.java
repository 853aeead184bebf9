package io.serai.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.json.LongText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where a request in OpenAI's shape may be marked for a prompt cache that goes by {@code cache_control}: on its last tool, its
 * last system message and the last two messages that the next request will hold too, which the newest one need not be. Four at
 * most, as Anthropic allows, and none where less than a minimum of tokens would be kept.
 *
 * @param tools whether the last tool is marked
 * @param system the index of the system message that is marked; -1 for none
 * @param messages the indices of the other messages that are marked, in order
 */
public record CacheBreakpoints(boolean tools, int system, List<Integer> messages) {
    private static final CacheBreakpoints NONE = new CacheBreakpoints(false, -1, List.of());
    private static final int STABLE_MESSAGES = 2;
    /** The usual figure for English text. */
    private static final int CHARS_PER_TOKEN = 4;
    /** About what a picture costs, however large its base64 is. */
    private static final int CHARS_OF_DATA = 4_000;

    /**
     * @param minTokens the prefix up to a mark, by estimate, has at least as many
     * @param markable whether a message has something that can carry a mark
     * @return no places for a request that its client has marked
     */
    public static CacheBreakpoints of(ObjectNode body, int minTokens, Predicate<JsonNode> markable) {
        if (marked(body)) {
            return NONE;
        }
        long enough = (long) minTokens * CHARS_PER_TOKEN;
        JsonNode all = body.path("messages");
        long chars = chars(body.path("tools"));
        boolean tools = !body.path("tools").isEmpty() && chars >= enough;
        int system = -1;
        for (int i = 0; i < all.size(); i++) {
            if (isSystem(all.get(i))) {
                chars += chars(all.get(i));
                system = markable.test(all.get(i)) ? i : system;
            }
        }
        system = chars >= enough ? system : -1;
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < all.size() - 1; i++) {
            if (!isSystem(all.get(i))) {
                chars += chars(all.get(i));
                if (chars >= enough && markable.test(all.get(i))) {
                    places.add(i);
                }
            }
        }
        return new CacheBreakpoints(
                tools,
                system,
                List.copyOf(places.subList(Math.max(0, places.size() - STABLE_MESSAGES), places.size())));
    }

    /** Whether the client has marked anything itself; what it says then holds. */
    public static boolean marked(ObjectNode body) {
        if (body.has("cache_control")) {
            return true;
        }
        for (JsonNode message : body.path("messages")) {
            if (message.has("cache_control") || anyMarked(message.path("content"))) {
                return true;
            }
        }
        for (JsonNode tool : body.path("tools")) {
            if (tool.has("cache_control") || tool.path("function").has("cache_control")) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyMarked(JsonNode parts) {
        if (parts.isArray()) {
            for (JsonNode part : parts) {
                if (part.has("cache_control")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isSystem(JsonNode message) {
        String role = message.path("role").asText();
        return role.equals("system") || role.equals("developer");
    }

    /** Of all names and texts in it. */
    private static long chars(JsonNode node) {
        if (node.isTextual()) {
            return node instanceof LongText text
                    ? text.size()
                    : node.textValue().length();
        }
        long sum = 0;
        if (node.isObject()) {
            if (node.has("image_url") || node.has("file") || node.has("input_audio")) {
                return CHARS_OF_DATA;
            }
            for (var field : node.properties()) {
                sum += field.getKey().length() + chars(field.getValue());
            }
        } else {
            for (JsonNode item : node) {
                sum += chars(item);
            }
        }
        return sum;
    }
}
