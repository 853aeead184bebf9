/**
 * The provider inside the broker: it works with no key and no network, through the same contract as any other. A demo model
 * that chats, and sentence embeddings.
 */
@org.jspecify.annotations.NullMarked
package io.serai.provider.local;
