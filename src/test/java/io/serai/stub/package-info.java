/**
 * A stand-in for a paid AI vendor that tests put behind the broker: it answers as a script says, misbehaves on demand and
 * keeps what it received.
 *
 * <p>{@link io.serai.stub.StubUpstream} is the server, {@link io.serai.stub.Scripts} the ready-made answers,
 * {@link io.serai.stub.RecordedRequest} what a test asserts on. Each connection has two virtual threads: one reads the
 * socket all the time, so that a peer that leaves is noticed at once; the other plays the scripts. Closing the server closes
 * every socket and waits for every thread.
 */
@org.jspecify.annotations.NullMarked
package io.serai.stub;
