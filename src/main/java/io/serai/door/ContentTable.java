package io.serai.door;

import io.serai.call.Caller;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /api/proxy/{id}} may fetch: addresses that stood in answers, each for the key that got the answer, for an hour.
 * That is how long OpenAI's own addresses of pictures last. Of too many the oldest go first. Any thread.
 */
public final class ContentTable {
    static final Duration LIFE = Duration.ofHours(1);
    static final int MOST = 10_000;
    /** 192 bits: nobody guesses one. */
    private static final int ID_BYTES = 24;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final LongSupplier nanoTime;
    /** In the order of their making, and so of their end. */
    private final Map<String, Content> contents = new LinkedHashMap<>();

    public ContentTable(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param key the label of the key that may fetch it
     * @param endpoint of the provider that named the address
     */
    record Content(String url, String key, String endpoint, long endNanos) {}

    /** Keeps the address and returns the id for it. */
    synchronized String add(String url, Caller caller, String endpoint) {
        drop();
        byte[] random = new byte[ID_BYTES];
        RANDOM.nextBytes(random);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        contents.put(id, new Content(url, caller.key(), endpoint, nanoTime.getAsLong() + LIFE.toNanos()));
        return id;
    }

    /** Null when there is none, for this caller. */
    synchronized @Nullable Content find(String id, Caller caller) {
        Content content = contents.get(id);
        return content == null
                        || nanoTime.getAsLong() - content.endNanos() >= 0
                        || !content.key().equals(caller.key())
                ? null
                : content;
    }

    private void drop() {
        long now = nanoTime.getAsLong();
        Iterator<Content> oldest = contents.values().iterator();
        while (oldest.hasNext() && (oldest.next().endNanos() - now <= 0 || contents.size() >= MOST)) {
            oldest.remove();
        }
    }
}
