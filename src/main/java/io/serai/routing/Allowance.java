package io.serai.routing;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;

/** How many attempts are left for a request; its branches share one. */
final class Allowance {
    private static final String PROPERTY = "allowance";

    private final AtomicInteger left;

    Allowance(int attempts) {
        left = new AtomicInteger(attempts);
    }

    /** The one that the exchange carries, else a whole new one. */
    static Allowance of(Exchange exchange, int attempts) {
        Allowance carried = exchange.getProperty(PROPERTY, Allowance.class);
        return carried == null ? new Allowance(attempts) : carried;
    }

    /** What is sent to a model by the exchange from here on is bounded by this. */
    void carry(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    static void drop(Exchange exchange) {
        exchange.removeProperty(PROPERTY);
    }

    /** False when none is left. */
    boolean take() {
        return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    /** It was not needed after all. */
    void giveBack() {
        left.incrementAndGet();
    }

    /** So many are kept for something else, as far as they are there. Returns them. */
    Allowance apart(int attempts) {
        int taken = 0;
        while (taken < attempts && take()) {
            taken++;
        }
        return new Allowance(taken);
    }

    /** Whatever is left of the other comes to this one. */
    void join(Allowance other) {
        left.addAndGet(other.left.getAndSet(0));
    }
}
