/**
 * How fast and how much a provider may be used.
 *
 * <p>{@link io.serai.limits.AdaptiveRates} holds the line before each instance and learns how fast it may be called;
 * {@link io.serai.limits.TokenWindows} counts the tokens of a minute, an hour and a day. Both belong to the broker, not to a
 * generation, and are kept by the instance's identity. {@link io.serai.limits.ClientBuckets} holds what clients have used. Nothing here sleeps, owns a thread or touches the network: whoever asks
 * is told how long to wait. Everything is safe for any number of threads.
 */
@org.jspecify.annotations.NullMarked
package io.serai.limits;
