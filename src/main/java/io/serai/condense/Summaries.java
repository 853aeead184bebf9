package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What models have said of the beginnings of conversations, by hashes of them, so that the next turn need not ask again. Bounded,
 * the least recently used go first. Any thread.
 */
public final class Summaries {
    /** A summary has up to about 8 KB. */
    private static final int MOST = 2_000;

    private final Map<String, String> kept = new LinkedHashMap<>(16, 0.75f, true);

    synchronized @Nullable String of(String beginning) {
        return kept.get(beginning);
    }

    synchronized void put(String beginning, String summary) {
        kept.put(beginning, summary);
        while (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /**
     * The names of a conversation's beginnings: at {@code i} of its first {@code i} messages.
     *
     * @param salt whose it is, and by which model and prompt it is summed up
     */
    static List<String> beginnings(String salt, List<ObjectNode> messages) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] last = sha.digest(salt.getBytes(StandardCharsets.UTF_8));
            List<String> names = new ArrayList<>();
            names.add(HexFormat.of().formatHex(last, 0, 16));
            for (ObjectNode message : messages) {
                sha.update(last);
                last = sha.digest(message.toString().getBytes(StandardCharsets.UTF_8));
                names.add(HexFormat.of().formatHex(last, 0, 16));
            }
            return names;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
