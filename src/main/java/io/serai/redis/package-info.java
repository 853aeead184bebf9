/**
 * What brokers share in Redis. {@link io.serai.redis.Redis} is the one connection, with a breaker before it: whoever asks gets
 * an answer within its patience or is told at once that there is none, and goes on with what this broker knows. Nothing here
 * makes a request fail. One per broker, whichever generation asks, closed by it; Lettuce's own threads read and write.
 */
@org.jspecify.annotations.NullMarked
package io.serai.redis;
