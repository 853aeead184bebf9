package io.serai.call;

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
    private @Nullable UpstreamFailure reason;
    private @Nullable Runnable stop;
    private boolean closed;

    /** Stops the running work, now or as soon as there is some. Does nothing once the call is closed. */
    public void cancel(UpstreamFailure why) {
        lock.lock();
        try {
            if (reason != null || closed) {
                return;
            }
            reason = why;
            Runnable action = stop;
            stop = null;
            changed.signalAll();
            if (action != null) {
                action.run();
            }
        } finally {
            lock.unlock();
        }
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
    }
}
