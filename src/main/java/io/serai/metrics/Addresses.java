package io.serai.metrics;

import io.serai.call.CallRecord;
import io.serai.call.Outcome;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What each client address has asked for: the most recent addresses, however many come. One counts from its first request that names
 * a model, and so was let in; until then it is shown while it has a request in flight, and takes nobody's place.
 */
public final class Addresses {
    /** Behaviour, section 20. */
    static final int MOST = 10_000;

    private static final int RECENT = 10;
    private static final int LONGEST_NAME = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Client> entries = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Client> eldest) {
            return size() > MOST;
        }
    };

    /** Of whom nothing is counted yet; as many at most as there are requests in flight. */
    private final Map<String, Client> newcomers = new LinkedHashMap<>();

    private static final class Client {
        private long requests;
        private long errors;
        private int inFlight;
        private @Nullable Instant first;
        private @Nullable Instant last;
        private final Deque<Recent> recent = new ArrayDeque<>(2);
    }

    /** @param success whether the client has its answer whole */
    public record Recent(Instant started, Instant finished, String model, long durationMs, boolean success) {}

    /**
     * @param first when its first request came; null before one has ended
     * @param recent the latest ten, oldest first
     */
    public record Seen(
            String address,
            long requests,
            long errors,
            @Nullable Instant first,
            @Nullable Instant last,
            int inFlight,
            List<Recent> recent) {}

    /** A request has come; run what this returns when it is over. */
    Runnable came(String address) {
        lock.lock();
        try {
            Client known = entries.get(address);
            Client entry = known != null ? known : newcomers.computeIfAbsent(address, a -> new Client());
            entry.inFlight++;
            return () -> left(address, entry);
        } finally {
            lock.unlock();
        }
    }

    private void left(String address, Client entry) {
        lock.lock();
        try {
            entry.inFlight--;
            if (entry.inFlight == 0) {
                newcomers.remove(address, entry);
            }
        } finally {
            lock.unlock();
        }
    }

    void add(CallRecord call) {
        String model = call.model().length() > LONGEST_NAME ? call.model().substring(0, LONGEST_NAME) : call.model();
        Instant finished = call.startedAt().plusMillis(call.durationMs());
        boolean well = Totals.isWell(call);
        lock.lock();
        try {
            Client newcomer = newcomers.remove(call.address());
            Client entry = entries.computeIfAbsent(call.address(), a -> newcomer != null ? newcomer : new Client());
            entry.requests++;
            entry.errors += well || call.outcome() == Outcome.CLIENT_CANCELLED ? 0 : 1;
            if (entry.first == null) {
                entry.first = call.startedAt();
            }
            entry.last = call.startedAt();
            if (entry.recent.size() == RECENT) {
                entry.recent.removeFirst();
            }
            entry.recent.addLast(new Recent(call.startedAt(), finished, model, call.durationMs(), well));
        } finally {
            lock.unlock();
        }
    }

    /** As they are now, the latest last. */
    public List<Seen> seen() {
        lock.lock();
        try {
            List<Seen> all = new ArrayList<>(entries.size() + newcomers.size());
            entries.forEach((address, e) -> all.add(seen(address, e)));
            newcomers.forEach((address, e) -> all.add(seen(address, e)));
            return all;
        } finally {
            lock.unlock();
        }
    }

    private static Seen seen(String address, Client e) {
        return new Seen(address, e.requests, e.errors, e.first, e.last, e.inFlight, List.copyOf(e.recent));
    }
}
