/**
 * Like requests that travel together: identical chats share one request to the provider, embeddings are merged into one and
 * taken apart again. Steps of the route {@code batch} run on the callers' virtual threads, a shared stream on the provider's
 * event loop and on that of each reader. Whoever opens a carrier call completes it: {@code SharedCall} and {@code MergedCall}.
 */
@NullMarked
package io.serai.batch;

import org.jspecify.annotations.NullMarked;
