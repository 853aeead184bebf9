package io.serai.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;

/**
 * How long one request may yet wait for what brokers share: however often it has to ask there, all its waiting together has one
 * limit. For any thread; branches of a request share it.
 */
public final class Patience {
    private static final String PROPERTY = "patience";

    private final AtomicLong leftNanos;

    public Patience(Duration whole) {
        this.leftNanos = new AtomicLong(whole.toNanos());
    }

    /** The request's own; {@code whole} is what it begins with. */
    public static Patience of(Exchange exchange, Duration whole) {
        Patience known = exchange.getProperty(PROPERTY, Patience.class);
        if (known == null) {
            known = new Patience(whole);
            exchange.setProperty(PROPERTY, known);
        }
        return known;
    }

    /** 0 or less: none. */
    public long leftNanos() {
        return leftNanos.get();
    }

    public void spend(long nanos) {
        leftNanos.addAndGet(-nanos);
    }
}
