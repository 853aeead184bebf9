package io.serai.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stops whatever a call is doing upstream when the client leaves or a deadline passes.
 *
 * <p>Any thread may {@link #cancel}. The route's thread says with {@link #during} what there is to stop and with
 * {@link #done} that there is nothing any more: between the two the action runs at most once, and never after {@code done}
 * has returned, so that an interrupt can't hit whatever the thread does next (the reason, and the cost of getting it wrong,
 * are in trap 25 of the design: a late interrupt closes files).
 */
public final class Cancellation {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final @Nullable Cancellation whole;
    private final List<Cancellation> parts = new ArrayList<>(0);
    private @Nullable UpstreamFailure reason;
    private @Nullable Runnable stop;
    private boolean closed;

    public Cancellation() {
        this(null);
    }

    private Cancellation(@Nullable Cancellation whole) {
        this.whole = whole;
    }

    /** One of a part of the work: it can be cancelled alone, and is when the whole is. Whoever makes it closes it. */
    public Cancellation child() {
        Cancellation part = new Cancellation(this);
        UpstreamFailure why;
        lock.lock();
        try {
            why = reason;
            if (why == null && !closed) {
                parts.add(part);
            }
        } finally {
            lock.unlock();
        }
        if (why != null) {
            part.cancel(why);
        }
        return part;
    }

    /** Stops the running work, now or as soon as there is some. Does nothing once the call is closed. */
    public void cancel(UpstreamFailure why) {
        List<Cancellation> running;
        lock.lock();
        try {
            if (reason != null || closed) {
                return;
            }
            reason = why;
            Runnable action = stop;
            stop = null;
            changed.signalAll();
            running = List.copyOf(parts);
            if (action != null) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
        running.forEach(part -> part.cancel(why));
    }

    /** Stops only the work in hand: the next {@link #during} starts clean. Returns false when there was none. */
    public boolean interrupt(Runnable work) {
        lock.lock();
        try {
            if (stop != work) {
                return false;
            }
            stop = null;
            work.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Work begins that {@code action} can stop.
     *
     * @throws UpstreamException when the call has been cancelled already
     */
    public void during(Runnable action) throws UpstreamException {
        lock.lock();
        try {
            if (reason != null) {
                throw new UpstreamException(reason);
            }
            stop = action;
        } finally {
            lock.unlock();
        }
    }

    /** The work is over; its action will not run any more. Returns why the call was cancelled, if it was. */
    public @Nullable UpstreamFailure done() {
        lock.lock();
        try {
            stop = null;
            return reason;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, unless the call is cancelled meanwhile.
     *
     * @throws UpstreamException when it is
     */
    public void pause(long nanos) throws UpstreamException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && reason == null) {
                left = changed.awaitNanos(left);
            }
            if (reason != null) {
                throw new UpstreamException(reason);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } finally {
            lock.unlock();
        }
    }

    /** Why the call was cancelled, null when it was not. */
    public @Nullable UpstreamFailure reason() {
        lock.lock();
        try {
            return reason;
        } finally {
            lock.unlock();
        }
    }

    /** The call is over: nothing can be cancelled any more. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            stop = null;
        } finally {
            lock.unlock();
        }
        if (whole != null) {
            whole.forget(this); // outside this one's lock: the whole's is taken before a part's
        }
    }

    private void forget(Cancellation part) {
        lock.lock();
        try {
            parts.remove(part);
        } finally {
            lock.unlock();
        }
    }
}
