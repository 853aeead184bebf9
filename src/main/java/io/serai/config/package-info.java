/**
 * What the operator wrote, read, checked and made into immutable records.
 *
 * <p>{@link io.serai.config.ConfigLoader} reads every file once and reports every error of every file together; the result is
 * a {@link io.serai.config.Snapshot} that no one changes. Nothing here touches the network or keeps a thread.
 */
@org.jspecify.annotations.NullMarked
package io.serai.config;
