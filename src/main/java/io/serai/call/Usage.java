package io.serai.call;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of one attempt in disjoint buckets: the input is the sum of the {@code in} ones, the output of the {@code out} ones.
 *
 * @param inFresh not from a cache
 * @param inCacheRead read from the provider's prompt cache
 * @param inAudio audio
 * @param outText text and tool calls
 * @param outReasoning hidden or shown thinking
 * @param outAudio audio
 * @param estimated true when the provider did not say and the broker guessed
 */
public record Usage(
        long inFresh,
        long inCacheRead,
        long inAudio,
        long outText,
        long outReasoning,
        long outAudio,
        boolean estimated) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, false);

    /**
     * Reads OpenAI's {@code usage}: {@code prompt_tokens} holds the cached ones, {@code completion_tokens} the reasoning.
     * Parts that exceed their whole (seen at some compatible providers) are clamped, so that nothing is counted twice.
     * DeepSeek's {@code prompt_cache_hit_tokens} counts as cached.
     */
    public static @Nullable Usage ofOpenAi(@Nullable JsonNode usage) {
        if (usage == null || !usage.isObject()) {
            return null;
        }
        long prompt = count(usage, "prompt_tokens");
        long completion = count(usage, "completion_tokens");
        JsonNode in = usage.path("prompt_tokens_details");
        JsonNode out = usage.path("completion_tokens_details");
        long read = Math.max(count(in, "cached_tokens"), count(usage, "prompt_cache_hit_tokens"));
        read = Math.min(read, prompt);
        long inAudio = Math.min(count(in, "audio_tokens"), prompt - read);
        long reasoning = Math.min(count(out, "reasoning_tokens"), completion);
        long outAudio = Math.min(count(out, "audio_tokens"), completion - reasoning);
        return new Usage(
                prompt - read - inAudio, read, inAudio, completion - reasoning - outAudio, reasoning, outAudio, false);
    }

    /** A guess from sizes: four bytes a token, the usual figure for English text. */
    public static Usage estimate(long inBytes, long outBytes) {
        return new Usage((inBytes + 3) / 4, 0, 0, (outBytes + 3) / 4, 0, 0, true);
    }

    public long input() {
        return inFresh + inCacheRead + inAudio;
    }

    public long output() {
        return outText + outReasoning + outAudio;
    }

    private static long count(JsonNode node, String field) {
        return Math.max(0, node.path(field).asLong(0));
    }
}
