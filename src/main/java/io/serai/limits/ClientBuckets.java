package io.serai.limits;

import io.github.bucket4j.TimeMeter;
import io.serai.call.Patience;
import io.serai.config.Network;
import io.serai.config.Settings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What each client has used of its limits. Remembers a bounded number of clients: one whose bucket is full again is forgotten,
 * which nobody can notice; where that is not enough, those that have used the least of theirs. So a flood of new addresses
 * does not make the broker forget whom it has just refused.
 */
public final class ClientBuckets implements ClientLimits {
    private static final int MOST = 100_000;
    private static final long SWEEP_NANOS = 60_000_000_000L;
    /** Of IPv6 a household or a server has so many bits to itself: limits by address would be none. */
    private static final int IPV6_BYTES = 8;

    private final Map<String, ClientBucket> clients = new ConcurrentHashMap<>();
    private final ReentrantLock sweeping = new ReentrantLock();
    private final LongSupplier nanos;
    private final TimeMeter clock;
    private final int most;
    private volatile long sweptAt;

    /** @param nanos a clock that never goes back */
    public ClientBuckets(LongSupplier nanos) {
        this(nanos, MOST);
    }

    ClientBuckets(LongSupplier nanos, int most) {
        this.nanos = nanos;
        this.most = most;
        this.sweptAt = nanos.getAsLong();
        this.clock = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanos.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    /** The client that an address stands for: IPv4 one by one, IPv6 by /64. */
    public static String ofAddress(String address) {
        InetAddress parsed = Network.address(address);
        return parsed instanceof Inet6Address
                ? "address:" + HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), IPV6_BYTES)) + "/64"
                : "address:" + (parsed == null ? address : parsed.getHostAddress());
    }

    /** The client that a key stands for. */
    public static String ofKey(String label) {
        return "key:" + label;
    }

    /** Waits for nothing. */
    @Override
    public ClientAnswer take(String client, Settings.PerMinute limits, Metered what, long amount, Patience patience) {
        return take(client, limits, what, amount);
    }

    @Override
    public void correct(String client, Settings.PerMinute limits, Metered what, long by, ClientAnswer taken) {
        correct(client, limits, what, by);
    }

    /** Takes all of it or nothing, see {@link ClientAnswer}. */
    public ClientAnswer take(String client, Settings.PerMinute limits, Metered what, long amount) {
        ClientAnswer answer = use(client, limits, bucket -> bucket.take(what, amount));
        sweepIfDue();
        return answer;
    }

    /** So much was taken elsewhere. */
    public void taken(String client, Settings.PerMinute limits, Metered what, long amount) {
        correct(client, limits, what, amount);
        sweepIfDue();
    }

    /** Takes so much more, also where it is not there; below 0 gives back. */
    public void correct(String client, Settings.PerMinute limits, Metered what, long by) {
        if (by != 0) {
            use(client, limits, bucket -> {
                bucket.correct(what, by);
                return bucket;
            });
        }
    }

    int size() {
        return clients.size();
    }

    private <T> T use(String client, Settings.PerMinute limits, Function<ClientBucket, T> use) {
        AtomicReference<T> result = new AtomicReference<>();
        clients.compute(client, (c, known) -> { // nothing is forgotten in between
            ClientBucket bucket = known == null ? new ClientBucket(clock) : known;
            bucket.limitTo(limits);
            result.set(use.apply(bucket));
            return bucket;
        });
        return result.get();
    }

    /** Not where a client's answer ends: it may take a while. */
    private void sweepIfDue() {
        if (clients.size() > most || nanos.getAsLong() - sweptAt > SWEEP_NANOS) {
            sweep();
        }
    }

    /** Leaves an eighth of the room free, so that it is not needed for every new client. */
    private void sweep() {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            sweptAt = nanos.getAsLong();
            forget(0);
            int excess = clients.size() - most;
            if (excess > 0) {
                double[] used = clients.keySet().stream()
                        .mapToDouble(this::minutesToFull)
                        .sorted()
                        .toArray();
                forget(used[Math.min(used.length - 1, excess + most / 8)]);
            }
        } finally {
            sweeping.unlock();
        }
    }

    private double minutesToFull(String client) {
        double[] used = new double[1];
        clients.computeIfPresent(client, (c, bucket) -> {
            used[0] = bucket.minutesToFull();
            return bucket;
        });
        return used[0];
    }

    private void forget(double usedAtMost) {
        for (String client : clients.keySet()) {
            clients.computeIfPresent(client, (c, bucket) -> bucket.minutesToFull() <= usedAtMost ? null : bucket);
        }
    }
}
