package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Provider.PromptCaching;
import io.serai.json.LongText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Marks what the vendor's prompt cache is to keep: the last tool, the last system block and the last two messages before the
 * newest of the user's. Those two were in the request before this one, or will be in the next, unchanged; the newest message
 * would be paid for as a write even when nobody goes on. The vendor allows four marks, which these are.
 *
 * <p>A client's own mark anywhere means that the client knows better: none is added.
 */
final class CacheMarks {
    private static final String MARK = "cache_control";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int BYTES_A_TOKEN = 4;
    /** Blocks that may bear a mark; thinking may not. */
    private static final Set<String> MARKABLE = Set.of("text", "image", "document", "tool_use", "tool_result");

    private final ObjectMapper json;
    private final PromptCaching caching;

    CacheMarks(ObjectMapper json, PromptCaching caching) {
        this.json = json;
        this.caching = caching;
    }

    /** Adds the marks to a finished request. */
    void add(ObjectNode request) {
        if (!caching.enabled() || request.has(MARK) || marked(request)) {
            return;
        }
        long prefix = bytes(request.path("tools"));
        mark(lastOf(request.path("tools")), prefix);
        prefix += bytes(request.path("system"));
        mark(lastOf(request.path("system")), prefix);
        JsonNode messages = request.path("messages");
        int newest = messages.size() - 1;
        for (int i = 0; i < newest; i++) {
            prefix += bytes(messages.path(i).path("content"));
            if (i >= newest - 2) {
                mark(lastMarkable(messages.path(i).path("content")), prefix);
            }
        }
    }

    private void mark(@Nullable ObjectNode block, long prefixBytes) {
        if (block == null || prefixBytes / BYTES_A_TOKEN < caching.minTokens()) {
            return;
        }
        ObjectNode mark = block.putObject(MARK).put("type", "ephemeral");
        if (caching.ttl() != null && caching.ttl().compareTo(HOUR) >= 0) {
            mark.put("ttl", "1h");
        }
    }

    /** A copy in the place of the last element, which may be the client's own node. */
    private @Nullable ObjectNode lastOf(JsonNode array) {
        return array.isEmpty() ? null : copied((ArrayNode) array, array.size() - 1);
    }

    private @Nullable ObjectNode lastMarkable(JsonNode content) {
        for (int i = content.size() - 1; i >= 0; i--) {
            if (MARKABLE.contains(content.path(i).path("type").asText())) {
                return copied((ArrayNode) content, i);
            }
        }
        return null;
    }

    private @Nullable ObjectNode copied(ArrayNode array, int index) {
        if (!(array.get(index) instanceof ObjectNode block)) {
            return null;
        }
        ObjectNode copy = json.createObjectNode();
        copy.setAll(block);
        array.set(index, copy);
        return copy;
    }

    private static boolean marked(ObjectNode request) {
        List<JsonNode> places = new ArrayList<>();
        request.path("tools").forEach(places::add);
        request.path("system").forEach(places::add);
        for (JsonNode message : request.path("messages")) {
            for (JsonNode block : message.path("content")) {
                places.add(block);
                block.path("content").forEach(places::add);
            }
        }
        return places.stream().anyMatch(place -> place.has(MARK));
    }

    /**
     * About what it takes as text. An image or a document counts nothing: its tokens can't be told from its bytes, and a mark
     * on too short a prefix is to be avoided rather than one too few.
     */
    private static long bytes(JsonNode node) {
        if (node instanceof LongText text) {
            return text.size();
        }
        if (node.isTextual()) {
            return node.textValue().length();
        }
        String type = node.path("type").asText();
        if (node.isObject() && (type.equals("image") || type.equals("document"))) {
            return 0;
        }
        long sum = node.isValueNode() ? BYTES_A_TOKEN : 0;
        if (node.isObject()) {
            for (var member : node.properties()) {
                sum += member.getKey().length() + bytes(member.getValue());
            }
        } else {
            for (JsonNode item : node) {
                sum += bytes(item);
            }
        }
        return sum;
    }
}
