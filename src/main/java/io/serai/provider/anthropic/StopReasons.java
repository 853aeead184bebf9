package io.serai.provider.anthropic;

/** Why the vendor's models stop, in OpenAI's words. */
final class StopReasons {
    private StopReasons() {}

    /** What is new to us counts as a normal end: the vendor may add reasons within a version. */
    static String finish(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop"; // end_turn, stop_sequence, pause_turn
        };
    }
}
