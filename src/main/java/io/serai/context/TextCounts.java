package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.json.LongText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was counted before: of a conversation that grew, only what is new has to be counted. Kept by a hash, never with the
 * text; bounded, the least recently used go first. Any thread.
 */
final class TextCounts {
    /** Below that counting is as fast as hashing. */
    private static final int SHORT = 200;

    /** About a hundred bytes each. */
    private static final int MOST = 20_000;

    private final Map<Key, Long> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final ToLongBiFunction<Vocabulary, String> counting;

    TextCounts(ToLongBiFunction<Vocabulary, String> counting) {
        this.counting = counting;
    }

    private record Key(Vocabulary vocabulary, long first, long second) {}

    /** @param text a string, or anything else, which has no tokens */
    long of(Vocabulary vocabulary, JsonNode text) {
        if (!text.isTextual()) {
            return 0;
        }
        if (!(text instanceof LongText)) {
            return of(vocabulary, text.textValue());
        }
        MessageDigest hash = sha256();
        ((LongText) text).digest(hash);
        return of(key(vocabulary, hash), text);
    }

    long of(Vocabulary vocabulary, String text) {
        if (text.length() < SHORT) {
            return counting.applyAsLong(vocabulary, text);
        }
        MessageDigest hash = sha256();
        hash.update((byte) '"'); // a text as it is is another thing than one with escapes
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        Key key = key(vocabulary, hash);
        Long known = get(key);
        return known != null ? known : put(key, counting.applyAsLong(vocabulary, text));
    }

    private long of(Key key, JsonNode text) {
        Long known = get(key);
        return known != null ? known : put(key, counting.applyAsLong(key.vocabulary, text.textValue()));
    }

    private synchronized @Nullable Long get(Key key) {
        return kept.get(key);
    }

    private synchronized long put(Key key, long tokens) {
        kept.put(key, tokens);
        while (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        return tokens;
    }

    private static Key key(Vocabulary vocabulary, MessageDigest hash) {
        ByteBuffer bytes = ByteBuffer.wrap(hash.digest());
        return new Key(vocabulary, bytes.getLong(), bytes.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has it", e);
        }
    }
}
