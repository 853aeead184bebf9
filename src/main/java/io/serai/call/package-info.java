/**
 * One request from the client's connection to its outcome.
 *
 * <p>A {@link io.serai.call.Call} travels in the exchange property {@code call}; each try is an
 * {@link io.serai.call.Attempt} in the property {@code attempt} of the branch that makes it. The route's thread writes both;
 * the client's event loop touches only {@link io.serai.call.ClientResponse} and {@link io.serai.call.Cancellation}, which
 * say themselves how. The door that opened a call completes it, once.
 */
@org.jspecify.annotations.NullMarked
package io.serai.call;
