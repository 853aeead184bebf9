package io.serai.stream;

import io.serai.call.RecordingRoom;
import io.serai.call.UpstreamFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a stream has brought, chunk by chunk in OpenAI's shape: to be kept once it is complete, and for others to read along.
 * Written by one thread, read by any. When there is no room for all of it, its beginning is forgotten, and nobody can begin to
 * read any more; who has begun reads on.
 */
public final class ChunkLog {
    private final RecordingRoom room;
    private final List<Runnable> readers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private Link last = new Link(new byte[0], 0, false, false);
    private volatile @Nullable Link start = last;
    private long taken;
    private volatile boolean ended;
    private volatile @Nullable UpstreamFailure failure;

    /**
     * A chunk, and behind it the next one.
     *
     * @see ChunkFacts
     */
    static final class Link {
        final byte[] chunk;
        /** Bytes from the stream's start up to its end. */
        final long end;

        final boolean saysUsage;
        final boolean noChoices;
        volatile @Nullable Link next;

        private Link(byte[] chunk, long end, boolean saysUsage, boolean noChoices) {
            this.chunk = chunk;
            this.end = end;
            this.saysUsage = saysUsage;
            this.noChoices = noChoices;
        }
    }

    public ChunkLog(RecordingRoom room) {
        this.room = room;
    }

    /** A stream that is complete. */
    public static ChunkLog of(List<byte[]> chunks) {
        ChunkLog log = new ChunkLog(new RecordingRoom(Long.MAX_VALUE, Long.MAX_VALUE));
        for (int i = 0; i < chunks.size(); i++) {
            boolean usage = i == chunks.size() - 1;
            log.append(chunks.get(i), usage, usage);
        }
        log.end(null);
        return log;
    }

    void add(byte[] json, int from, int to, ChunkFacts facts) {
        makeRoom(to - from);
        if (start != null || !readers.isEmpty()) {
            append(Arrays.copyOfRange(json, from, to), facts.usage != null, facts.noChoices);
            readers.forEach(Runnable::run);
        }
    }

    private synchronized void makeRoom(int bytes) {
        if (start != null && !room.take(taken, bytes)) {
            forget();
        } else if (start != null) {
            taken += bytes;
        }
    }

    private void append(byte[] chunk, boolean saysUsage, boolean noChoices) {
        Link link = new Link(chunk, last.end + chunk.length, saysUsage, noChoices);
        last.next = link;
        last = link;
    }

    void end(@Nullable UpstreamFailure why) {
        failure = why;
        ended = true;
        over.complete(why == null);
        readers.forEach(Runnable::run);
    }

    /** Nobody can begin to read any more, and the answer is not kept. */
    public synchronized void forget() {
        if (start != null) {
            start = null;
            room.giveBack(taken);
        }
    }

    /** Completes with the stream's end; true when it ended well. */
    public CompletableFuture<Boolean> over() {
        return over;
    }

    /** Every chunk of a stream that has ended well; null when they are not all here. */
    public @Nullable List<byte[]> chunks() {
        Link at = start;
        if (at == null || !ended || failure != null) {
            return null;
        }
        List<byte[]> chunks = new ArrayList<>();
        for (Link link = at.next; link != null; link = link.next) {
            chunks.add(link.chunk);
        }
        return chunks;
    }

    /** Whether all of it is here, up to now. */
    public boolean isWhole() {
        return start != null;
    }

    /** Where a reader begins; null when it is too late. */
    @Nullable
    Link read(Runnable wake) {
        readers.add(wake);
        Link begin = start;
        if (begin == null) {
            readers.remove(wake);
        }
        return begin;
    }

    void leave(Runnable wake) {
        readers.remove(wake);
    }

    boolean hasEnded() {
        return ended;
    }

    @Nullable
    UpstreamFailure failure() {
        return failure;
    }

    /** Whether a reader that has come so far is too far behind. */
    boolean isTooFar(Link at) {
        return last.end - at.end > room.mostOfOne();
    }
}
