package io.serai.provider.openai;

import io.serai.call.Upload;
import io.serai.call.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * How long an uploaded sound is, without decoding it: a WAV says so in its head, of everything else the size tells, at 128
 * kbit/s, the usual figure for MP3 and M4A. What is guessed is marked so.
 */
final class AudioLength {
    private static final int HEAD_BYTES = 4096;
    private static final long GUESSED_BYTES_PER_SECOND = 16_000;

    private AudioLength() {}

    static Usage of(Upload.File file) {
        long ms = ofWav(file);
        return ms > 0
                ? new Usage.Builder().audioMs(ms).build()
                : new Usage.Builder()
                        .audioMs(file.bytes() * 1000 / GUESSED_BYTES_PER_SECOND)
                        .estimated()
                        .build();
    }

    /** Milliseconds; 0 when it is no WAV. The chunks {@code fmt } and {@code data} of RIFF. */
    private static long ofWav(Upload.File file) {
        ByteBuffer head;
        try (InputStream in = Files.newInputStream(file.path())) {
            head = ByteBuffer.wrap(in.readNBytes(HEAD_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            return 0;
        }
        if (head.limit() < 12 || !word(head, 0).equals("RIFF") || !word(head, 8).equals("WAVE")) {
            return 0;
        }
        long bytesPerSecond = 0;
        long at = 12;
        while (at + 8 <= head.limit()) {
            String chunk = word(head, (int) at);
            long size = Integer.toUnsignedLong(head.getInt((int) at + 4));
            if (chunk.equals("fmt ") && at + 20 <= head.limit()) {
                bytesPerSecond = Integer.toUnsignedLong(head.getInt((int) at + 16));
            } else if (chunk.equals("data")) {
                long there = file.bytes() - at - 8; // a recorder that was cut off, or streams, wrote no size
                return bytesPerSecond == 0 ? 0 : Math.min(size == 0 ? there : size, there) * 1000 / bytesPerSecond;
            }
            at += 8 + size + (size & 1);
        }
        return 0;
    }

    private static String word(ByteBuffer head, int at) {
        return new String(head.array(), at, 4, StandardCharsets.US_ASCII);
    }
}
