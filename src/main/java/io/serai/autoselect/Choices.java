package io.serai.autoselect;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What was picked for conversations, by hashes of them. Bounded, the least recently used go first. */
public final class Choices {
    private static final int MOST = 20_000;

    private final LongSupplier nanos;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

    private record Kept(String model, long until) {}

    /** @param nanos a clock that only goes forward */
    public Choices(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The model path that was picked; null when none was, or too long ago. */
    public synchronized @Nullable String of(String conversation) {
        Kept found = kept.get(conversation);
        if (found == null) {
            return null;
        }
        if (found.until() - nanos.getAsLong() <= 0) {
            kept.remove(conversation);
            return null;
        }
        return found.model();
    }

    /** From now on it is this one, for so long. */
    public synchronized void put(String conversation, String model, Duration keep) {
        kept.put(conversation, new Kept(model, nanos.getAsLong() + keep.toNanos()));
        while (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
    }
}
