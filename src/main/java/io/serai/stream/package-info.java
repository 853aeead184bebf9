/**
 * Answers that arrive bit by bit.
 *
 * <p>{@link io.serai.stream.SseParser} turns the bytes of an upstream's answer into events. Nothing here is shared between
 * streams, keeps a thread, or closes anything: an object belongs to one stream and is used by whoever reads that stream, one
 * call at a time.
 */
@org.jspecify.annotations.NullMarked
package io.serai.stream;
