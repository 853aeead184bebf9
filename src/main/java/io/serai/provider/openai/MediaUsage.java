package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Attempt;
import io.serai.call.Operation;
import io.serai.call.Usage;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's {@code usage} of speech, transcripts and pictures: tokens by medium, or a duration. What the request itself tells
 * (characters, the length of the audio) stands on the attempt already and is kept.
 */
final class MediaUsage {
    private MediaUsage() {}

    static Usage of(Attempt attempt, JsonNode usage) {
        Usage known = attempt.usage() == null ? Usage.NONE : attempt.usage();
        Operation operation = attempt.call().operation();
        if (usage.path("type").asText().equals("duration") || usage.has("seconds")) {
            return new Usage.Builder()
                    .audioMs(milliseconds(usage.path("seconds")))
                    .build();
        }
        long in = count(usage, "input_tokens", "prompt_tokens");
        long out = count(usage, "output_tokens", "completion_tokens");
        JsonNode inDetails = usage.has("input_token_details")
                ? usage.get("input_token_details")
                : usage.path("input_tokens_details");
        long inAudio = Math.min(in, count(inDetails, "audio_tokens", ""));
        long inImage = Math.min(in - inAudio, count(inDetails, "image_tokens", ""));
        long cached = Math.min(in - inAudio - inImage, count(inDetails, "cached_tokens", ""));
        Usage.Builder builder = new Usage.Builder()
                .inFresh(in - inAudio - inImage - cached)
                .inCacheRead(cached)
                .inAudio(inAudio)
                .inImage(inImage)
                .characters(known.characters())
                .images(known.images());
        if (!known.estimated()) {
            builder.audioMs(known.audioMs());
        }
        return switch (operation) {
            case SPEECH -> builder.outAudio(out).build();
            case IMAGE_GENERATION, IMAGE_EDIT -> {
                long text = Math.min(out, count(usage.path("output_tokens_details"), "text_tokens", ""));
                yield builder.outImage(out - text).outText(text).build();
            }
            default -> builder.outText(out).build();
        };
    }

    /**
     * What a transcript in JSON says of itself; null when it says nothing.
     *
     * @param usage its member {@code usage}
     * @param duration its member {@code duration}: seconds, which servers send that have no usage
     */
    static @Nullable Usage ofTranscript(Attempt attempt, JsonNode usage, JsonNode duration) {
        if (usage.isObject()) {
            return of(attempt, usage);
        }
        long ms = duration.isValueNode() ? milliseconds(duration) : 0;
        return ms > 0 ? new Usage.Builder().audioMs(ms).build() : null;
    }

    /** Seconds, with or without a fraction, as a number or, at some compatible servers, as text. */
    static long milliseconds(JsonNode seconds) {
        try {
            BigDecimal value = seconds.isNumber() ? seconds.decimalValue() : new BigDecimal(seconds.asText("0"));
            return Math.max(
                    0, value.min(BigDecimal.valueOf(1L << 32)).movePointRight(3).longValue());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static long count(JsonNode node, String name, String orName) {
        return Math.max(
                0,
                node.has(name) ? node.path(name).asLong(0) : node.path(orName).asLong(0));
    }
}
