/**
 * Answers that can be given again. The route {@code cache} looks an answer up before a call is sent anywhere, {@code cache-store}
 * keeps one when the client has it. Both go through {@code cache-get} and {@code cache-put}, which serve any {@link
 * io.serai.cache.CacheKey#kind kind} of data and never fail: what goes wrong with a backend is a miss, and counted.
 *
 * <h2>What a backend is</h2>
 *
 * Five routes in {@code routes/cache/<name>.camel.yaml}, of which the message body is all that goes in and out:
 *
 * <table>
 * <caption>The routes of a backend</caption>
 * <tr><th>route</th><th>body in</th><th>body out</th></tr>
 * <tr><td>{@code cache-<name>-get}</td><td>{@link io.serai.cache.CacheKey}</td><td>the {@code byte[]} that was put;
 * anything else is a miss</td></tr>
 * <tr><td>{@code cache-<name>-put}</td><td>{@link io.serai.cache.CacheEntry}</td><td>nothing that matters</td></tr>
 * <tr><td>{@code cache-<name>-clear}</td><td>{@link io.serai.cache.CacheScope}</td><td>how many went, a number, or null where
 * that is not known</td></tr>
 * <tr><td>{@code cache-<name>-size}</td><td>{@link io.serai.cache.CacheBounds}, for the prefix</td><td>{@link
 * io.serai.cache.CacheSize}</td></tr>
 * <tr><td>{@code cache-<name>-purge}</td><td>{@link io.serai.cache.CacheBounds}</td><td>how many went
 * that had not expired, a number, or null</td></tr>
 * </table>
 *
 * <p>The bytes are the cache's own: a backend keeps them as they are. They say themselves when they expire, and whether they
 * are whole; a backend that gives out expired or torn ones does no harm. {@code put} replaces what is there. A backend may
 * forget anything at any time. It fails by an exception, and within {@code serai.cache.timeout}: it brings a limit of its own
 * to whatever it waits for. {@code purge} is called from a timer and takes what is expired, and the oldest above the bounds; a
 * backend that does so by itself answers 0.
 *
 * <p>All of them may be called at the same time, from virtual threads. What outlives a generation (connections, the memory's
 * content) is the runtime's. A backend that is not configured fails too; {@code serai.response-cache.backend} and {@code
 * serai.cache.type} choose one by its name, and when it fails the next of it, {@code sqlite} and {@code file} is used.
 */
@NullMarked
package io.serai.cache;

import org.jspecify.annotations.NullMarked;
