package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.json.LongText;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How large a picture is, in pixels: read from the head of its data, which is not decoded any further. */
record ImageSize(int width, int height) {
    /** What a picture is taken for whose data is not in the request, or of a kind that is not known. */
    static final ImageSize ASSUMED = new ImageSize(1024, 1024);

    /** A JPEG says its size behind its metadata, which may hold a preview of some hundred kilobytes. */
    private static final int[] HEADS = {4 * 1024, 1024 * 1024};

    private static final String BASE64 = ";base64,";
    private static final int LONGEST_TYPE = 100;

    /** @param url of a picture, {@code data:} or any other */
    static ImageSize of(JsonNode url) {
        for (int head : HEADS) {
            String text = head(url, LONGEST_TYPE + head);
            int comma = text.startsWith("data:") ? text.indexOf(BASE64) : -1;
            if (comma < 0 || comma > LONGEST_TYPE) {
                return ASSUMED;
            }
            String base64 = text.substring(comma + BASE64.length());
            ImageSize size = in(decoded(base64));
            if (size != null) {
                return size;
            }
            if (text.length() < LONGEST_TYPE + head / 2) {
                return ASSUMED; // that was all of it
            }
        }
        return ASSUMED;
    }

    private static String head(JsonNode url, int most) {
        if (url instanceof LongText longText) {
            return longText.head(most);
        }
        String text = url.asText("");
        return text.substring(0, Math.min(text.length(), most));
    }

    private static byte[] decoded(String base64) {
        String whole = base64.substring(0, base64.length() / 4 * 4);
        try {
            return Base64.getDecoder().decode(whole);
        } catch (IllegalArgumentException e) {
            return new byte[0]; // the provider will say so
        }
    }

    /** Null when the bytes are of no kind that is known, or too few. */
    static @Nullable ImageSize in(byte[] data) {
        try {
            if (starts(data, 0, "\u0089PNG")) {
                return size(big(data, 16, 4), big(data, 20, 4));
            }
            if (starts(data, 0, "GIF8")) {
                return size(little(data, 6, 2), little(data, 8, 2));
            }
            if (starts(data, 0, "RIFF") && starts(data, 8, "WEBP")) {
                return webp(data);
            }
            return starts(data, 0, "\u00ff\u00d8") ? jpeg(data) : null;
        } catch (ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    /** https://developers.google.com/speed/webp/docs/riff_container: lossy, lossless and extended say it in three ways. */
    private static @Nullable ImageSize webp(byte[] data) {
        if (starts(data, 12, "VP8 ")) {
            return size(little(data, 26, 2) & 0x3fff, little(data, 28, 2) & 0x3fff);
        }
        if (starts(data, 12, "VP8L")) {
            long bits = little(data, 21, 4);
            return size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
        }
        return starts(data, 12, "VP8X") ? size(little(data, 24, 3) + 1, little(data, 27, 3) + 1) : null;
    }

    /** From segment to segment to the frame header (SOF0 to SOF15, of which three are something else). */
    private static @Nullable ImageSize jpeg(byte[] data) {
        int at = 2;
        while (true) {
            int marker = (int) big(data, at, 2);
            int kind = marker & 0xff;
            if (marker >> 8 != 0xff) {
                return null;
            }
            if (kind == 0xff) {
                at++; // padding
            } else if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc) {
                return size(big(data, at + 7, 2), big(data, at + 5, 2));
            } else {
                at += 2 + (int) big(data, at + 2, 2);
            }
        }
    }

    private static @Nullable ImageSize size(long width, long height) {
        boolean sane = width > 0 && height > 0 && width <= 100_000 && height <= 100_000;
        return sane ? new ImageSize((int) width, (int) height) : null;
    }

    private static boolean starts(byte[] data, int at, String with) {
        byte[] expected = new byte[with.length()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) with.charAt(i);
        }
        return data.length >= at + expected.length
                && Arrays.equals(data, at, at + expected.length, expected, 0, expected.length);
    }

    private static long big(byte[] data, int at, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | data[at + i] & 0xff;
        }
        return number;
    }

    private static long little(byte[] data, int at, int bytes) {
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            number = number << 8 | data[at + i] & 0xff;
        }
        return number;
    }
}
