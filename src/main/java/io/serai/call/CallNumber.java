package io.serai.call;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the calls of this process. As text a number has the shape of a ULID (<a
 * href="https://github.com/ulid/spec">ulid/spec</a>): 48 bits of milliseconds, then 80 that no two calls share: 40 that each
 * process draws, and a count that begins anywhere.
 */
final class CallNumber {
    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final int LENGTH = 26;
    private static final long FORTY_BITS = (1L << 40) - 1;
    private static final long PROCESS;
    private static final AtomicLong COUNT;

    static {
        SecureRandom random = new SecureRandom();
        PROCESS = random.nextLong() & FORTY_BITS;
        COUNT = new AtomicLong(random.nextLong() & (FORTY_BITS >> 1));
    }

    private CallNumber() {}

    static long next() {
        return COUNT.incrementAndGet() & FORTY_BITS;
    }

    /** Sorts as the milliseconds do. */
    static String text(long epochMs, long number) {
        char[] text = new char[LENGTH];
        put(text, 0, 10, epochMs); // 50 bits
        put(text, 10, 8, PROCESS);
        put(text, 18, 8, number);
        return new String(text);
    }

    private static void put(char[] text, int at, int digits, long value) {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            text[i] = DIGITS[(int) (rest & 31)];
            rest >>>= 5;
        }
    }
}
