package io.serai.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.stream.ChunkLog;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request that others wait for, for they ask the same. The one that leads it lands it, in any case; what it has brought is
 * there until it is kept, so that nobody who comes in between asks a second time.
 */
final class Flight {
    private final Call leader;
    private final Lookup lookup;
    private final Runnable close;
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();

    /** What the others get of it. */
    sealed interface Landing {
        /** An answer. */
        record Whole(ObjectNode body) implements Landing {}

        /** A stream that has begun. */
        record Live(LeaderStream stream, ChunkLog log) implements Landing {}

        /**
         * Nothing.
         *
         * @param again whether one of those that waited should lead another, and not each go for itself
         */
        record Nothing(boolean again) implements Landing {}
    }

    /**
     * @param lookup the leader's
     * @param close takes it out of those that can be joined
     */
    Flight(Call leader, Lookup lookup, Runnable close) {
        this.leader = leader;
        this.lookup = lookup;
        this.close = close;
    }

    Call leader() {
        return leader;
    }

    Lookup lookup() {
        return lookup;
    }

    CompletableFuture<Landing> landing() {
        return landing;
    }

    /** The first landing counts. With nothing to be had, nobody can join any more. */
    void land(Landing how) {
        if (how instanceof Landing.Nothing) {
            close.run();
        }
        landing.complete(how);
    }

    /** Nobody can join any more; those who have still get what it brings. */
    void close() {
        close.run();
    }

    /** What it has brought so far; null before it has landed. */
    @Nullable
    Landing landed() {
        return landing.getNow(null);
    }

    /** Whatever it has brought is kept elsewhere, or not at all. */
    void over() {
        close.run();
        landing.complete(new Landing.Nothing(false));
    }
}
