package io.serai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt used, in disjoint buckets (behaviour, section 8): the input tokens are the sum of the {@code in} ones, the
 * output tokens of the {@code out} ones. The last four count what is not priced by the token.
 *
 * @param inFresh tokens, not from a cache
 * @param inCacheRead tokens read from the provider's prompt cache
 * @param inCacheWrite5m tokens written to the provider's prompt cache for its usual time, five minutes at Anthropic
 * @param inCacheWrite1h tokens written to it for an hour
 * @param inAudio tokens of audio
 * @param inImage tokens of images, where the provider counts them apart
 * @param outText tokens of text and tool calls
 * @param outReasoning tokens of hidden or shown thinking
 * @param outAudio tokens of audio
 * @param outImage tokens of images
 * @param webSearches calls of a search tool that the provider ran
 * @param audioMs milliseconds of audio that were heard or spoken
 * @param characters of text that were spoken
 * @param images pieces that were made
 * @param estimated true when the provider did not say and the broker guessed
 */
public record Usage(
        long inFresh,
        long inCacheRead,
        long inCacheWrite5m,
        long inCacheWrite1h,
        long inAudio,
        long inImage,
        long outText,
        long outReasoning,
        long outAudio,
        long outImage,
        long webSearches,
        long audioMs,
        long characters,
        long images,
        boolean estimated) {

    public static final Usage NONE = new Builder().build();

    /**
     * Reads OpenAI's {@code usage}: {@code prompt_tokens} holds the cached ones, {@code completion_tokens} the reasoning;
     * where {@code total_tokens} says that the reasoning comes on top, as at xAI
     * (https://docs.x.ai/docs/key-information/consumption-and-rate-limits), it does. Parts that exceed their whole (seen at some
     * compatible providers) are clamped, so that nothing is counted twice.
     * DeepSeek's {@code prompt_cache_hit_tokens} counts as cached, OpenRouter's {@code cache_write_tokens} as written.
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
        long write = Math.min(count(in, "cache_write_tokens"), prompt - read);
        long inAudio = Math.min(count(in, "audio_tokens"), prompt - read - write);
        long thought = count(out, "reasoning_tokens");
        if (count(usage, "total_tokens") >= prompt + completion + thought) {
            completion += thought;
        }
        long reasoning = Math.min(thought, completion);
        long outAudio = Math.min(count(out, "audio_tokens"), completion - reasoning);
        return new Builder()
                .inFresh(prompt - read - write - inAudio)
                .inCacheRead(read)
                .inCacheWrite5m(write)
                .inAudio(inAudio)
                .outText(completion - reasoning - outAudio)
                .outReasoning(reasoning)
                .outAudio(outAudio)
                .build();
    }

    /**
     * What the provider does not say.
     *
     * @param outBytes of the answer; four are a token, the usual figure for English text
     */
    public static Usage estimate(long inTokens, long outBytes) {
        return new Builder()
                .inFresh(inTokens)
                .outText((outBytes + 3) / 4)
                .estimated()
                .build();
    }

    /**
     * What a stream used that broke off after these figures: its output is at least what was seen of it.
     *
     * @param outBytes of text, thinking and arguments
     */
    public Usage cutShort(long outBytes) {
        long seen = estimate(0, outBytes).output();
        return plus(new Builder().outText(seen - output()).estimated().build());
    }

    /** Both together. */
    public Usage plus(Usage other) {
        return new Usage(
                inFresh + other.inFresh,
                inCacheRead + other.inCacheRead,
                inCacheWrite5m + other.inCacheWrite5m,
                inCacheWrite1h + other.inCacheWrite1h,
                inAudio + other.inAudio,
                inImage + other.inImage,
                outText + other.outText,
                outReasoning + other.outReasoning,
                outAudio + other.outAudio,
                outImage + other.outImage,
                webSearches + other.webSearches,
                audioMs + other.audioMs,
                characters + other.characters,
                images + other.images,
                estimated || other.estimated);
    }

    /** Whether anything at all was used. */
    public boolean isSome() {
        return input() + output() + webSearches + audioMs + characters + images > 0;
    }

    /**
     * Divides the figures so that the parts' sum is exactly this: each figure by the weights, what does not come out even one
     * by one from the first part on.
     *
     * @param weights not negative; equal parts when all are 0
     */
    public List<Usage> divided(long[] weights) {
        long[][] parts =
                Arrays.stream(figures()).mapToObj(f -> shares(f, weights)).toArray(long[][]::new);
        return IntStream.range(0, weights.length)
                .mapToObj(i -> of(Arrays.stream(parts).mapToLong(p -> p[i]).toArray(), estimated))
                .toList();
    }

    private static long[] shares(long figure, long[] weights) {
        long sum = Arrays.stream(weights).sum();
        long[] shares = new long[weights.length];
        long left = figure;
        for (int i = 0; i < weights.length; i++) {
            shares[i] = sum == 0
                    ? figure / weights.length
                    : BigInteger.valueOf(figure)
                            .multiply(BigInteger.valueOf(weights[i]))
                            .divide(BigInteger.valueOf(sum))
                            .longValue();
            left -= shares[i];
        }
        for (int i = 0; left > 0; i++, left--) {
            shares[i]++;
        }
        return shares;
    }

    private long[] figures() {
        return new long[] {
            inFresh,
            inCacheRead,
            inCacheWrite5m,
            inCacheWrite1h,
            inAudio,
            inImage,
            outText,
            outReasoning,
            outAudio,
            outImage,
            webSearches,
            audioMs,
            characters,
            images
        };
    }

    private static Usage of(long[] f, boolean estimated) {
        return new Usage(
                f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], estimated);
    }

    public long input() {
        return inFresh + inCacheRead + inCacheWrite5m + inCacheWrite1h + inAudio + inImage;
    }

    public long output() {
        return outText + outReasoning + outAudio + outImage;
    }

    /** In the shape of a chat completion's {@code usage}; details only where there are any. */
    public ObjectNode toOpenAi() {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("prompt_tokens", input())
                .put("completion_tokens", output())
                .put("total_tokens", input() + output());
        long written = inCacheWrite5m + inCacheWrite1h;
        if (inCacheRead + written + inAudio > 0) {
            ObjectNode in = node.putObject("prompt_tokens_details").put("cached_tokens", inCacheRead);
            put(in, "cache_write_tokens", written);
            put(in, "audio_tokens", inAudio);
        }
        if (outReasoning + outAudio > 0) {
            ObjectNode out = node.putObject("completion_tokens_details").put("reasoning_tokens", outReasoning);
            put(out, "audio_tokens", outAudio);
        }
        return node;
    }

    private static void put(ObjectNode node, String name, long value) {
        if (value > 0) {
            node.put(name, value);
        }
    }

    private static long count(JsonNode node, String field) {
        return Math.max(0, node.path(field).asLong(0));
    }

    /** Gathers the buckets; what is not set is 0. */
    public static final class Builder {
        private long inFresh;
        private long inCacheRead;
        private long inCacheWrite5m;
        private long inCacheWrite1h;
        private long inAudio;
        private long inImage;
        private long outText;
        private long outReasoning;
        private long outAudio;
        private long outImage;
        private long webSearches;
        private long audioMs;
        private long characters;
        private long images;
        private boolean estimated;

        public Builder inFresh(long value) {
            inFresh = Math.max(0, value);
            return this;
        }

        public Builder inCacheRead(long value) {
            inCacheRead = Math.max(0, value);
            return this;
        }

        public Builder inCacheWrite5m(long value) {
            inCacheWrite5m = Math.max(0, value);
            return this;
        }

        public Builder inCacheWrite1h(long value) {
            inCacheWrite1h = Math.max(0, value);
            return this;
        }

        public Builder inAudio(long value) {
            inAudio = Math.max(0, value);
            return this;
        }

        public Builder inImage(long value) {
            inImage = Math.max(0, value);
            return this;
        }

        public Builder outText(long value) {
            outText = Math.max(0, value);
            return this;
        }

        public Builder outReasoning(long value) {
            outReasoning = Math.max(0, value);
            return this;
        }

        public Builder outAudio(long value) {
            outAudio = Math.max(0, value);
            return this;
        }

        public Builder outImage(long value) {
            outImage = Math.max(0, value);
            return this;
        }

        public Builder webSearches(long value) {
            webSearches = Math.max(0, value);
            return this;
        }

        public Builder audioMs(long value) {
            audioMs = Math.max(0, value);
            return this;
        }

        public Builder characters(long value) {
            characters = Math.max(0, value);
            return this;
        }

        public Builder images(long value) {
            images = Math.max(0, value);
            return this;
        }

        public Builder estimated() {
            estimated = true;
            return this;
        }

        public Usage build() {
            return new Usage(
                    inFresh,
                    inCacheRead,
                    inCacheWrite5m,
                    inCacheWrite1h,
                    inAudio,
                    inImage,
                    outText,
                    outReasoning,
                    outAudio,
                    outImage,
                    webSearches,
                    audioMs,
                    characters,
                    images,
                    estimated);
        }
    }
}
