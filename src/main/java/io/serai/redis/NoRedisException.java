package io.serai.redis;

/** There is no answer: no Redis, no connection, a breaker that is open, an error, or not soon enough. */
public final class NoRedisException extends Exception {
    private static final long serialVersionUID = 1;

    NoRedisException(String reason) {
        super(reason, null, false, false); // while Redis is away there are thousands of them
    }
}
