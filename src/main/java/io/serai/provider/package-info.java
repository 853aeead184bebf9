/**
 * The provider kinds: an adapter each, and the steps by which routes use it.
 *
 * <p>An {@link io.serai.provider.Adapter} owns the whole translation between OpenAI's shape and its vendor's, both ways, and
 * nothing else does. Adapters hold no state of a call; plain calls run on the route's virtual thread, a stream's translator
 * on its event loop.
 */
@org.jspecify.annotations.NullMarked
package io.serai.provider;
