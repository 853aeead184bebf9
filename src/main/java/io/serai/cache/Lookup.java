package io.serai.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.stream.ChunkLog;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What the cache knows of one call. Written by the call's own thread, and read behind it. */
final class Lookup {
    final CacheKey key;
    final String path;
    final Ways.Way way;
    /** Whether an answer that is there may be given. */
    final boolean looks;
    /** Whether the answer may be kept. */
    final boolean keeps;
    /** How old an answer may be; null: as old as it gets. */
    final @Nullable Duration maxAge;
    /** How long the answer is kept. */
    final Duration ttl;
    /** When it was asked, by {@link Clearings#now}. */
    final long since;

    private volatile @Nullable Flight flight;
    private volatile @Nullable ObjectNode whole;
    private volatile @Nullable ChunkLog log;
    private volatile boolean taken;

    Lookup(
            CacheKey key,
            String path,
            Ways.Way way,
            boolean looks,
            boolean keeps,
            @Nullable Duration maxAge,
            Duration ttl,
            long since) {
        this.key = key;
        this.path = path;
        this.way = way;
        this.looks = looks;
        this.keeps = keeps;
        this.maxAge = maxAge;
        this.ttl = ttl;
        this.since = since;
    }

    /** Null for a call that the cache has nothing to do with. */
    static @Nullable Lookup of(Exchange exchange) {
        Call call = exchange.getProperty(Call.PROPERTY, Call.class);
        return call != null && call.answering() instanceof Lookup lookup ? lookup : null;
    }

    /** Whether a clear of that may concern the answer, whoever gives it. */
    boolean mayBeIn(CacheScope scope) {
        return scope.prefix().equals(key.prefix())
                && way.kept().stream()
                        .anyMatch(place ->
                                scope.covers(key.kind(), path, place.provider().id(), place.model()));
    }

    /** The flight that this call leads, null when it leads none. */
    @Nullable
    Flight flight() {
        return flight;
    }

    void leads(Flight made) {
        flight = made;
    }

    /** The answer, a copy that nobody changes any more; null before it is there, and of a stream. */
    @Nullable
    ObjectNode whole() {
        return whole;
    }

    void got(ObjectNode answer) {
        whole = answer;
    }

    /** The stream that brings the answer; null without one. */
    @Nullable
    ChunkLog log() {
        return log;
    }

    void gets(ChunkLog stream) {
        log = stream;
    }

    /** Whether there is something to keep; from then on whoever keeps it clears up. */
    boolean take() {
        ChunkLog stream = log;
        taken = keeps && (whole != null || stream != null && stream.chunks() != null);
        return taken;
    }

    /** The call is complete: nothing comes any more. */
    void over() {
        if (!taken) {
            clear();
        }
    }

    /** It is kept, or nobody wanted to. */
    void clear() {
        if (flight instanceof Flight mine) {
            mine.over();
        }
        if (log instanceof ChunkLog stream) {
            stream.forget();
        }
        whole = null;
    }
}
