package io.serai.stream;

import io.serai.call.Attempt;
import io.serai.call.Dialect;
import io.serai.call.Operation;
import io.serai.call.RecordingRoom;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Timeouts;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A provider's stream from its first byte to its end.
 *
 * <p>It starts by keeping everything back, within bounds, until the first meaningful event: up to there a failure costs
 * nothing and another provider can be tried. {@link #ready} tells which of the two happened. Then the source is paused until
 * {@link #flowTo} names the outlet. Everything happens on {@code context}; {@link #abandon} and {@link #flowTo} may be called
 * from anywhere.
 */
public final class UpstreamStream implements ReplyStream, ChunkSink {
    /** Bifrost's figures for the start of a stream; past them a stream that says nothing is broken. */
    static final int START_EVENTS = 64;

    static final int START_BYTES = 256 * 1024;
    /** Of one event: a picture in a chunk fits, an endless line does not. */
    public static final int MAX_EVENT_BYTES = 32 * 1024 * 1024;

    private final Context context;
    private final Attempt attempt;
    private final StreamTranslator translator;
    /** Usage is for the broker then, and the client sees none. */
    private final boolean stripUsage;

    private final StreamDeadlines deadlines;
    private final Runnable close;
    private final EventDecoder decoder;
    private final CompletableFuture<@Nullable UpstreamFailure> ready = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> used = new CompletableFuture<>();

    // confined to the event loop
    private @Nullable ReadStream<Buffer> source;
    private @Nullable StreamOutlet outlet;
    private final EventFrames out = new EventFrames();
    private final Dialect.@Nullable Chunks dialect;
    private final @Nullable ChunkLog log;
    private final Dialect.Events events = out::add;
    private int startEvents;
    private boolean committed;
    private boolean finished;
    private boolean over;
    /** Nothing more is to be said to the client. */
    private boolean told;

    private boolean paused;
    private boolean exhausted;
    private boolean broken;
    private @Nullable UpstreamFailure failure;
    private long outputChars;

    /**
     * @param close ends the provider's connection at once
     */
    public UpstreamStream(
            Context context,
            Attempt attempt,
            EventDecoder decoder,
            StreamTranslator translator,
            Timeouts timeouts,
            Runnable close) {
        this.context = context;
        this.attempt = attempt;
        this.decoder = decoder;
        this.translator = translator;
        this.stripUsage = !attempt.call().usageWanted();
        this.deadlines = new StreamDeadlines(context, attempt, timeouts, this::unreadMillis, this::fail);
        this.close = close;
        this.dialect = attempt.call().dialect().chunks(attempt.call());
        RecordingRoom room = attempt.call().recordingRoom();
        this.log = room == null ? null : new ChunkLog(room);
    }

    /** Completes with null once the first meaningful event is there, else with what went wrong before it. */
    public CompletableFuture<@Nullable UpstreamFailure> ready() {
        return ready;
    }

    @Override
    public void whenUsed(Runnable action) {
        used.thenRun(action);
    }

    @Override
    public @Nullable ChunkLog log() {
        return log;
    }

    /** Event loop only. Begins to read. */
    public void start(ReadStream<Buffer> bytes) {
        if (over) {
            return;
        }
        source = bytes;
        bytes.exceptionHandler(e -> brokeOff());
        bytes.endHandler(v -> sourceEnded());
        bytes.handler(this::received);
        deadlines.awaitFirst();
    }

    private void received(Buffer bytes) {
        if (over) {
            return;
        }
        byte[] raw = bytes.getBytes();
        try {
            decoder.feed(raw, 0, raw.length, (type, data, from, to) -> {
                if (!over) {
                    if (translator.alive(type)) { // comments and pings don't count: a stalled model sends them too
                        deadlines.heard();
                    }
                    translator.event(type, data, from, to, this);
                }
            });
        } catch (RuntimeException e) {
            fail(new UpstreamFailure.BrokenAnswer(200, "The provider's stream can't be read: " + e.getMessage()));
            return;
        }
        flush();
    }

    @Override
    public void chunk(byte[] json, int from, int to, ChunkFacts facts) {
        learn(facts);
        if (log != null) {
            log.add(json, from, to, facts);
        }
        if (stripUsage && facts.noChoices && facts.usage != null) {
            return;
        }
        if (!stripUsage && facts.usage != null && attempt.call().operation() == Operation.CHAT) {
            boolean one = facts.usageTo > 0 && facts.usage.isSome() && !TotalUsage.differs(attempt.call());
            byte[] told = one
                    ? TotalUsage.withContext(json, from, to, from + facts.usageTo, attempt)
                    : TotalUsage.in(json, from, to, attempt, facts.usage);
            emit(told, 0, told.length, facts);
        } else {
            emit(json, from, to, facts);
        }
        mayCommit(facts);
    }

    private void emit(byte[] json, int from, int to, ChunkFacts facts) {
        if (dialect != null) {
            dialect.chunk(json, from, to, events);
        } else if (stripUsage && facts.usageTo > 0) {
            out.addWithout(json, from, to, from + facts.usageFrom, from + facts.usageTo);
        } else {
            out.add(json, from, to);
        }
    }

    @Override
    public void piece(byte[] bytes, int from, int to, ChunkFacts facts) {
        learn(facts);
        out.addFramed(bytes, from, to);
        mayCommit(facts);
    }

    private void learn(ChunkFacts facts) {
        if (facts.model != null && !committed) {
            attempt.servedAs(facts.model);
        }
        if (facts.usage != null) {
            attempt.reported(facts.usage);
            if (facts.usage.input() == 0) {
                attempt.contextNotCounted(); // other streams wait for this thread
            }
        }
        outputChars += facts.outputChars;
        finished |= facts.finished;
    }

    private void mayCommit(ChunkFacts facts) {
        if (!committed) {
            if (facts.meaningful) {
                commit();
            } else if (++startEvents > START_EVENTS || out.size() > START_BYTES) {
                fail(new UpstreamFailure.BrokenAnswer(200, "The provider sent events without any content"));
            }
        }
    }

    private void commit() {
        committed = true;
        attempt.firstEvent();
        pause();
        deadlines.awaitNext();
        ready.complete(null);
    }

    @Override
    public void done() {
        if (over) {
            return;
        }
        if (committed) {
            end(null);
        } else {
            fail(new UpstreamFailure.BrokenAnswer(200, "The provider's stream was empty"));
        }
    }

    @Override
    public void failed(UpstreamFailure why) {
        fail(why);
    }

    private void sourceEnded() {
        exhausted = true;
        if (over) {
            deadlines.cancel();
            return;
        }
        try {
            decoder.end((type, data, from, to) -> {
                if (!over) {
                    translator.event(type, data, from, to, this);
                }
            });
            if (!over) {
                translator.end(this);
            }
        } catch (RuntimeException e) {
            fail(new UpstreamFailure.BrokenAnswer(200, "The provider's stream ended in the middle of an event"));
        }
        if (over) {
            return;
        }
        if (finished && committed) {
            end(null);
        } else {
            fail(new UpstreamFailure.BrokenAnswer(
                    200, committed ? "The provider's stream was cut off" : "The provider's stream was empty"));
        }
    }

    /** Whoever has said how the answer finished has said all of it, however untidy the farewell. */
    private void brokeOff() {
        broken = true; // what arrived before it may still wait in the source
        if (!paused) {
            endBrokenSoon();
        }
    }

    /** Behind whatever the source is about to deliver: it does so from the event loop's queue. */
    private void endBrokenSoon() {
        context.runOnContext(v -> {
            if (!paused) {
                endBroken();
            }
        });
    }

    private void endBroken() {
        if (!over && finished && committed) {
            end(null);
        } else {
            fail(new UpstreamFailure.BrokenAnswer(200, "The provider's stream broke off"));
        }
    }

    /** A proper end, or the failure that took its place. The source is closed in both cases. */
    private void end(@Nullable UpstreamFailure why) {
        over = true;
        failure = why;
        deadlines.cancel();
        attempt.ended();
        if (why != null) {
            attempt.fail(why);
        }
        if (!exhausted) { // else the connection may serve another request by now: it is not this stream's any more
            letGo(why);
        }
        settle(why != null && !finished);
    }

    private void farewell() {
        told = true;
        used.complete(null);
        if (log != null) {
            log.end(failure);
        }
        ready.complete(failure);
        flush();
    }

    private void letGo(@Nullable UpstreamFailure why) {
        if (why != null) {
            giveUp();
            return;
        }
        // its last bytes are read so that the connection can be used again; a provider that holds it open loses it
        deadlines.linger(close);
        if (paused) {
            resumeSource();
        }
    }

    /** While it was paused, its end may have come in: then its connection serves others already, and must not be closed. */
    private void giveUp() {
        if (paused && source != null) {
            paused = false;
            source.resume(); // what has come in is delivered from the loop's queue, and passed over
            context.runOnContext(v -> {
                if (!exhausted) {
                    close.run();
                }
            });
        } else {
            close.run();
        }
    }

    /** What the provider did not come to say is estimated; a cut stream's client waits for nothing. */
    private void settle(boolean cut) {
        Usage reported = attempt.usage();
        Attempt.Counter input = attempt.counter();
        if (reported == null && committed && !cut) {
            // milliseconds, and an encoding may have to be read for it: other streams wait for this thread
            context.executeBlocking(input::counted, false)
                    .onComplete(count -> estimate(count.succeeded() ? count.result() : input.guessed()));
            return;
        }
        if (reported == null && committed) {
            attempt.reported(attempt.estimate(input.guessed(), outputChars));
        } else if (reported != null && cut && outputChars > 0) {
            attempt.reported(reported.cutShort(outputChars));
        }
        farewell();
    }

    private void estimate(long input) {
        attempt.reported(attempt.estimate(input, outputChars));
        if (failure == null && !stripUsage && attempt.call().operation() == Operation.CHAT) {
            byte[] chunk = TotalUsage.estimated(attempt, translator.shownModel());
            emit(chunk, 0, chunk.length, new ChunkFacts());
        }
        farewell();
    }

    private void fail(UpstreamFailure why) {
        if (!over) {
            end(why);
        }
    }

    private void flush() {
        StreamOutlet to = outlet;
        if (to == null) {
            return;
        }
        boolean more = true;
        if (out.size() > 0) {
            Buffer events = out.take();
            more = to.write(events);
        }
        if (told) {
            outlet = null;
            to.ended(failure);
        } else if (!more && !over) {
            pause();
        }
    }

    @Override
    public void flowTo(StreamOutlet to) {
        context.runOnContext(v -> {
            outlet = to;
            deadlines.heard();
            flush();
            if (!over && paused && outlet != null) {
                resume();
            }
        });
    }

    @Override
    public void resume() {
        if (!over) {
            resumeSource();
        }
    }

    private void resumeSource() {
        paused = false;
        deadlines.heard();
        if (source != null) {
            source.resume();
            if (broken) {
                endBrokenSoon();
            }
        }
    }

    private void pause() {
        if (!paused && source != null) {
            paused = true;
            source.pause();
        }
    }

    @Override
    public void abandon() {
        context.runOnContext(v -> fail(new UpstreamFailure.ClientGone()));
    }

    /** Also for a reason that its opener met. */
    @Override
    public void refuse(UpstreamFailure why) {
        fail(why);
    }

    /** How long the client has kept the provider waiting, below 0: it does not. */
    private long unreadMillis() {
        if (!paused) {
            return -1;
        }
        return outlet == null ? 0 : outlet.unreadMillis();
    }
}
