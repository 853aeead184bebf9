package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.json.LongText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Tokens of pictures, sounds and files in a message's content. */
final class Media {
    /** Of compressed sound: 128 kbit/s, the usual rate of speech in an MP3. */
    private static final long SOUND_BYTES_A_SECOND = 16_000;

    private static final int WAV_HEAD = 44;
    private static final int WAV_RATE = 28;

    /**
     * A document's pages are not counted, for that it would have to be read: 2,000 tokens, about what Claude takes for a page,
     * for every 50 KB.
     */
    private static final long PAGE = 2_000;

    private static final long BYTES_A_PAGE = 50_000;

    private Media() {}

    static boolean is(JsonNode item) {
        return switch (item.path("type").asText()) {
            case "image_url", "input_audio", "file" -> true;
            default -> false;
        };
    }

    /** 0 for text. */
    static long of(JsonNode item, Profile profile) {
        return switch (item.path("type").asText()) {
            case "image_url" -> picture(item.path("image_url"), profile.image());
            case "input_audio" -> sound(item.path("input_audio"), profile.audioRate());
            case "file" -> PAGE * (1 + bytes(item.path("file").path("file_data")) / BYTES_A_PAGE);
            default -> 0;
        };
    }

    private static long picture(JsonNode said, ImageRule rule) {
        JsonNode url = said.isTextual() ? said : said.path("url");
        return rule.tokens(ImageSize.of(url), said.path("detail").textValue());
    }

    private static long sound(JsonNode said, int tokensASecond) {
        JsonNode data = said.path("data");
        long rate = said.path("format").asText().equals("wav") ? wavRate(data) : SOUND_BYTES_A_SECOND;
        return (bytes(data) * tokensASecond + rate - 1) / rate;
    }

    /** Bytes a second, as a WAV file says in its head. */
    private static long wavRate(JsonNode data) {
        String head = data instanceof LongText longText
                ? longText.head(2 * WAV_HEAD)
                : data.asText("")
                        .substring(0, Math.min(2 * WAV_HEAD, data.asText("").length()));
        try {
            byte[] bytes = Base64.getDecoder()
                    .decode(head.substring(0, head.length() / 4 * 4).getBytes(StandardCharsets.ISO_8859_1));
            long rate = 0;
            for (int i = 3; i >= 0; i--) {
                rate = rate << 8 | bytes[WAV_RATE + i] & 0xff;
            }
            return rate <= 0 ? SOUND_BYTES_A_SECOND : rate;
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return SOUND_BYTES_A_SECOND; // it is no WAV file; the provider will say so
        }
    }

    private static long bytes(JsonNode base64) {
        long chars = base64 instanceof LongText longText
                ? longText.size()
                : base64.asText("").length();
        return chars / 4 * 3;
    }
}
