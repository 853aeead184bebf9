/**
 * The process around the routes: the HTTP server, generations and how one takes the place of another.
 *
 * <p>A {@link io.serai.server.Generation} is one configuration with its CamelContext and router; {@link
 * io.serai.server.Broker} owns the {@link io.serai.server.Runtime} that outlives them, the server, and the watch over the
 * files. Loading happens on one thread at a time; requests are handed over on the event loops.
 */
@org.jspecify.annotations.NullMarked
package io.serai.server;
