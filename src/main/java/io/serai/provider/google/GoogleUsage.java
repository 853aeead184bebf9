package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Gemini's {@code usageMetadata} (https://ai.google.dev/api/generate-content#UsageMetadata): the prompt's count holds the
 * cached tokens, the candidates' count does not hold the thoughts, and what tools that Google ran brought in is input too.
 */
final class GoogleUsage {
    private GoogleUsage() {}

    /** Null when there is none. */
    static @Nullable Usage of(JsonNode usage, int searches) {
        if (!usage.isObject() || usage.isEmpty()) {
            return null;
        }
        long prompt = count(usage, "promptTokenCount");
        long read = Math.min(count(usage, "cachedContentTokenCount"), prompt);
        JsonNode in = usage.path("promptTokensDetails");
        JsonNode cached = usage.path("cacheTokensDetails");
        long audio = Math.min(Math.max(0, of(in, "AUDIO") - of(cached, "AUDIO")), prompt - read);
        long image = Math.min(Math.max(0, of(in, "IMAGE") - of(cached, "IMAGE")), prompt - read - audio);
        long candidates = count(usage, "candidatesTokenCount");
        JsonNode out = usage.path("candidatesTokensDetails");
        long outAudio = Math.min(of(out, "AUDIO"), candidates);
        long outImage = Math.min(of(out, "IMAGE"), candidates - outAudio);
        return new Usage.Builder()
                .inFresh(prompt - read - audio - image + count(usage, "toolUsePromptTokenCount"))
                .inCacheRead(read)
                .inAudio(audio)
                .inImage(image)
                .outText(candidates - outAudio - outImage)
                .outAudio(outAudio)
                .outImage(outImage)
                .outReasoning(count(usage, "thoughtsTokenCount"))
                .webSearches(searches)
                .build();
    }

    private static long count(JsonNode usage, String field) {
        return Math.max(0, usage.path(field).asLong(0));
    }

    private static long of(JsonNode details, String modality) {
        for (JsonNode detail : details) {
            if (detail.path("modality").asText().equals(modality)) {
                return count(detail, "tokenCount");
            }
        }
        return 0;
    }
}
