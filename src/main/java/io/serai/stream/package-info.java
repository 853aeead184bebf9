/**
 * Streams of answers: server-sent events read from a provider, judged, and relayed to the client.
 *
 * <p>One stream lives on one event loop, the client connection's own: parsing, judging and writing all happen there without
 * locks, and the route's thread only waits. Whoever opened a stream relays or abandons it; both end the connection.
 */
@org.jspecify.annotations.NullMarked
package io.serai.stream;
