package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.config.Provider;
import io.serai.config.Provider.PromptCaching;
import io.serai.provider.CacheBreakpoints;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Tells an OpenAI-compatible provider what its prompt cache is to keep: by a {@code prompt_cache_key}
 * (https://developers.openai.com/api/docs/guides/prompt-caching), or by marks on parts of messages
 * (https://openrouter.ai/docs/features/prompt-caching). What the client says itself stays.
 */
final class PromptCache {
    private static final String KEY = "prompt_cache_key";
    /** Enough to tell prompts apart, and quickly hashed. */
    private static final int HASHED_CHARS = 16 * 1024;

    private static final int HASH_BYTES = 12;
    private static final int BYTES_PER_TOKEN = 4;
    /** Anthropic's longer time; its usual one is five minutes. */
    private static final Duration LONG = Duration.ofHours(1);

    private PromptCache() {}

    /** @param body the attempt's own; changed in place at its top, what is below it is copied first */
    static void steer(Attempt attempt, ObjectNode body) {
        Provider provider = attempt.target().provider();
        PromptCaching caching = provider.caching();
        if (!caching.enabled()) {
            return;
        }
        switch (provider.wire().cacheStyle()) {
            case NONE -> {}
            case KEY -> key(attempt, body, caching);
            case BREAKPOINTS -> breakpoints(attempt.target().model(), body, caching);
        }
    }

    private static void key(Attempt attempt, ObjectNode body, PromptCaching caching) {
        boolean refused = attempt.adapted().contains(KEY); // the provider has just said so
        boolean tooShort = attempt.call().bodyBytes() < caching.minTokens() * BYTES_PER_TOKEN;
        if (!body.has(KEY) && !refused && !tooShort) {
            body.put(KEY, caching.key() == null ? derived(body) : caching.key());
        }
    }

    /** The same for all requests with the same instructions and tools; without any, for a conversation. */
    private static String derived(ObjectNode body) {
        StringBuilder text = new StringBuilder();
        JsonNode messages = body.path("messages");
        for (JsonNode message : messages) {
            if (isSystem(message)) {
                text.append(message.path("content"));
            }
        }
        for (JsonNode tool : body.path("tools")) {
            text.append(tool.path("function").path("name").asText()).append('\n');
        }
        if (text.isEmpty()) {
            text.append(messages.path(0).path("content"));
        }
        text.setLength(Math.min(text.length(), HASHED_CHARS));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return "serai-" + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static boolean isSystem(JsonNode message) {
        String role = message.path("role").asText();
        return role.equals("system") || role.equals("developer");
    }

    private static void breakpoints(String model, ObjectNode body, PromptCaching caching) {
        boolean claude = model.startsWith("anthropic/");
        if (!claude && !model.startsWith("google/")) {
            return; // the others cache by themselves
        }
        CacheBreakpoints places = CacheBreakpoints.of(body, caching.minTokens(), PromptCache::markable);
        ObjectNode mark = body.objectNode().put("type", "ephemeral");
        if (claude && caching.ttl() != null && caching.ttl().compareTo(LONG) >= 0) {
            mark.put("ttl", "1h");
        }
        if (places.tools() && body.get("tools") instanceof ArrayNode tools) {
            ArrayNode copy = tools.arrayNode(tools.size()).addAll(tools);
            ObjectNode last = tools.get(tools.size() - 1).deepCopy();
            copy.set(tools.size() - 1, last.set("cache_control", mark));
            body.set("tools", copy);
        }
        if (body.get("messages") instanceof ArrayNode messages) {
            ArrayNode copy = messages.arrayNode(messages.size()).addAll(messages);
            if (places.system() >= 0) {
                copy.set(places.system(), marked(messages.get(places.system()), mark));
            }
            for (int i : places.messages()) {
                copy.set(i, marked(messages.get(i), mark));
            }
            body.set("messages", copy);
        }
    }

    /** Only a text can carry a mark. */
    private static boolean markable(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isTextual() ? !content.asText().isEmpty() : lastText(content) >= 0;
    }

    private static int lastText(JsonNode parts) {
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (!parts.get(i).path("text").asText().isEmpty()) {
                return i;
            }
        }
        return -1;
    }

    private static ObjectNode marked(JsonNode message, ObjectNode mark) {
        JsonNode content = message.path("content");
        ObjectNode copy = mark.objectNode();
        copy.setAll((ObjectNode) message);
        ArrayNode parts = copy.putArray("content");
        if (content.isTextual()) {
            parts.addObject().put("type", "text").set("text", content);
        } else {
            content.forEach(parts::add);
        }
        int last = lastText(parts);
        ObjectNode part = mark.objectNode();
        part.setAll((ObjectNode) parts.get(last));
        parts.set(last, part.set("cache_control", mark));
        return copy;
    }
}
