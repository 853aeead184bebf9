package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Usage;

/**
 * Gathers the vendor's {@code usage}. {@code input_tokens} is without what the cache took or gave; {@code output_tokens}
 * holds the thinking. In a stream the figures are cumulative and an event names only some of them, so the highest counts.
 */
final class AnthropicUsage {
    private long input;
    private long read;
    private long written;
    private long written5m;
    private long written1h;
    private long output;
    private long thinking;
    private long searches;
    private boolean seen;

    void add(JsonNode usage) {
        if (!usage.isObject()) {
            return;
        }
        seen = true;
        JsonNode cache = usage.path("cache_creation");
        input = higher(input, usage, "input_tokens");
        read = higher(read, usage, "cache_read_input_tokens");
        written = higher(written, usage, "cache_creation_input_tokens");
        written5m = higher(written5m, cache, "ephemeral_5m_input_tokens");
        written1h = higher(written1h, cache, "ephemeral_1h_input_tokens");
        output = higher(output, usage, "output_tokens");
        thinking = higher(thinking, usage.path("output_tokens_details"), "thinking_tokens");
        searches = higher(searches, usage.path("server_tool_use"), "web_search_requests");
    }

    /** Whether there was any. */
    boolean seen() {
        return seen;
    }

    Usage toUsage() {
        long hour = written1h;
        long rest = Math.max(written5m, written - hour);
        long thought = Math.min(thinking, output);
        return new Usage.Builder()
                .inFresh(input)
                .inCacheRead(read)
                .inCacheWrite5m(rest)
                .inCacheWrite1h(hour)
                .outText(output - thought)
                .outReasoning(thought)
                .webSearches(searches)
                .build();
    }

    private static long higher(long known, JsonNode usage, String field) {
        return Math.max(known, usage.path(field).asLong(0));
    }
}
