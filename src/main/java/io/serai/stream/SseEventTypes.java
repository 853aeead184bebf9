package io.serai.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Names of event types without a new string for each event: those the vendors use are known beforehand. */
final class SseEventTypes {
    /** Anthropic's Messages, then OpenAI's Responses; both name every event. */
    private static final String[] KNOWN = {
        "content_block_delta",
        "content_block_start",
        "content_block_stop",
        "message_start",
        "message_delta",
        "message_stop",
        "ping",
        "error",
        "message",
        "completion",
        "response.created",
        "response.queued",
        "response.in_progress",
        "response.completed",
        "response.incomplete",
        "response.failed",
        "response.output_item.added",
        "response.output_item.done",
        "response.content_part.added",
        "response.content_part.done",
        "response.output_text.delta",
        "response.output_text.done",
        "response.output_text.annotation.added",
        "response.refusal.delta",
        "response.refusal.done",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.reasoning_text.delta",
        "response.reasoning_text.done",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
    };

    private static final Known[][] BY_LENGTH = byLength();

    private record Known(byte[] bytes, String name) {}

    private SseEventTypes() {}

    /** The type in {@code [from, to)}: null when empty, allocated only when unknown. */
    static @Nullable String name(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return null;
        }
        if (length < BY_LENGTH.length) {
            for (Known known : BY_LENGTH[length]) {
                if (Arrays.equals(known.bytes, 0, length, bytes, from, to)) {
                    return known.name;
                }
            }
        }
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private static Known[][] byLength() {
        int longest = Arrays.stream(KNOWN).mapToInt(String::length).max().orElse(0);
        Known[][] table = new Known[longest + 1][];
        for (int i = 0; i <= longest; i++) {
            int length = i;
            table[i] = Arrays.stream(KNOWN)
                    .filter(name -> name.length() == length)
                    .map(name -> new Known(name.getBytes(StandardCharsets.US_ASCII), name))
                    .toArray(Known[]::new);
        }
        return table;
    }
}
