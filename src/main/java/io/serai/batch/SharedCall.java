package io.serai.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Prices;
import io.serai.call.Reply;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.provider.Guards;
import io.serai.stream.UpstreamStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request for several identical ones. The first passenger's thread makes it, under a call that is nobody's own, and stays
 * until its answer has begun even when its client has left.
 */
final class SharedCall implements Company {
    private static final Logger LOG = LoggerFactory.getLogger(SharedCall.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Passenger> passengers = new ArrayList<>();
    private final Settings.Batching settings;
    private final Settings.Batching.Rule rule;
    private final Savings savings;
    private final Supplier<Prices> prices;
    private final Consumer<SharedCall> closing;
    private final Passenger first;
    private final Attempt carrier;
    private @Nullable SharedStream stream;
    private long sentNanos;
    private int present;
    private boolean closed;
    /** The first passenger's thread only. */
    private boolean scattered;

    /** @param closing runs when nobody can join any more */
    SharedCall(
            Attempt own,
            Settings.Batching settings,
            Savings savings,
            Supplier<Prices> prices,
            Consumer<SharedCall> closing) {
        this.settings = settings;
        this.rule = settings.of(own.target().provider().id());
        this.savings = savings;
        this.prices = prices;
        this.closing = closing;
        Call call = own.call().carrier(own.body());
        this.carrier = new Attempt(call, 1, own.target(), own.body());
        carrier.countedBy(own.counter());
        this.first = new Passenger(own, false, this);
        passengers.add(first);
        present = 1;
    }

    Passenger first() {
        return first;
    }

    /** The attempt that goes out for all. */
    Attempt carrier() {
        return carrier;
    }

    /** Null when it is too late, or there are enough. */
    @Nullable
    Passenger join(Attempt attempt) {
        lock.lock();
        try {
            boolean late = sentNanos != 0
                    && System.nanoTime() - sentNanos > rule.window().toNanos();
            if (closed || late || passengers.size() >= rule.maxSize()) {
                return null;
            }
            Passenger passenger = new Passenger(attempt, true, this);
            if (stream != null && !begin(passenger, stream)) {
                return null;
            }
            passengers.add(passenger);
            present++;
            return passenger;
        } finally {
            lock.unlock();
        }
    }

    /** The window opens: the request goes out now. */
    void sent() {
        lock.lock();
        try {
            sentNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** The provider's route is behind it, with a reply in the carrier or without one. */
    void settle() {
        Guards.release(carrier);
        if (carrier.reply() instanceof Reply.Complete whole) {
            whole(whole.body());
        } else if (carrier.reply() instanceof Reply.Streaming(UpstreamStream source)) {
            begin(source);
        } else {
            over(first);
        }
    }

    private void whole(ObjectNode body) {
        List<Passenger> all = close();
        List<Usage> parts = parts(all);
        for (int i = 0; i < all.size(); i++) {
            Attempt own = all.get(i).attempt();
            own.wentOutAs(carrier);
            own.reported(parts.get(i));
            own.ended();
            own.replied(new Reply.Complete(i == 0 ? body : body.deepCopy()));
        }
        carrier.call().complete();
        all.forEach(Passenger::served);
    }

    private void begin(UpstreamStream source) {
        lock.lock();
        try {
            SharedStream shared = new SharedStream(
                    source, settings, rule.window(), first.attempt().call(), this::ended);
            stream = shared;
            passengers.forEach(p -> begin(p, shared));
            if (present == 0) {
                source.abandon();
            }
        } finally {
            lock.unlock();
        }
        source.flowTo(stream());
    }

    private SharedStream stream() {
        if (stream == null) {
            throw new IllegalStateException("The stream has not begun");
        }
        return stream;
    }

    private boolean begin(Passenger passenger, SharedStream shared) {
        SharedStream.Reader reader = shared.reader(passenger);
        if (reader == null) {
            return false;
        }
        passenger.attempt().wentOutAs(carrier);
        passenger.attempt().replied(new Reply.Streaming(reader));
        passenger.served();
        return true;
    }

    /** The stream's last word is there; readers hear of it once this has returned. */
    private void ended(@Nullable UpstreamFailure failure) {
        List<Passenger> all = close();
        List<Usage> parts = parts(all);
        boolean told = false;
        for (int i = 0; i < all.size(); i++) {
            Passenger passenger = all.get(i);
            Attempt own = passenger.attempt();
            own.reported(parts.get(i));
            own.ended();
            if (passenger.hasLeft()) {
                own.fail(new UpstreamFailure.ClientGone());
                passenger.rides(true);
            } else if (failure != null) {
                own.fail(failure);
                passenger.rides(told); // one of them tells the provider's health
                told = true;
            }
        }
        carrier.call().complete();
    }

    private List<Usage> parts(List<Passenger> all) {
        Usage used = carrier.usage() == null ? Usage.NONE : carrier.usage();
        if (all.size() > 1) {
            savings.shared(all.size() - 1, used, prices.get());
        }
        // whoever was given up has its record already
        return used.divided(all.stream()
                .mapToLong(p -> p.attempt().failure() == null ? 1 : 0)
                .toArray());
    }

    /** Everyone there will ever be. */
    private List<Passenger> close() {
        lock.lock();
        try {
            closed = true;
            return List.copyOf(passengers);
        } finally {
            lock.unlock();
            closing.accept(this);
        }
    }

    /** There is no reply: the first one's walk decides what that means, the others ask for themselves. */
    @Override
    public void over(Passenger passenger) {
        if (passenger != first || carrier.reply() != null || scattered) {
            return;
        }
        scattered = true;
        List<Passenger> all = close();
        first.attempt().wentOutAs(carrier);
        if (carrier.usage() != null) {
            first.attempt().reported(carrier.usage());
        }
        carrier.call().complete();
        all.forEach(Passenger::scattered);
    }

    @Override
    public void left(Passenger passenger) {
        boolean last;
        lock.lock();
        try {
            present--;
            last = present == 0;
            closed |= last;
            LOG.debug(
                    "{} has left its batch, {} go on",
                    passenger.attempt().call().id(),
                    present);
        } finally {
            lock.unlock();
        }
        if (last) {
            closing.accept(this);
            carrier.call().cancellation().cancel(new UpstreamFailure.ClientGone());
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return passengers.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Attempt paid(Attempt own) {
        return own == first.attempt() ? carrier : own;
    }
}
