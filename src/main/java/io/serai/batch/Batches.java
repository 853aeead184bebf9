package io.serai.batch;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Dialect;
import io.serai.call.Operation;
import io.serai.call.Prices;
import io.serai.call.Travel;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.context.Tokenizers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides which attempts travel together. One for each generation. Any thread. */
public final class Batches {
    private final Settings.Batching settings;
    private final Savings savings;
    private final Tokenizers tokenizers;
    private final Map<Identity, SharedCall> shared = new ConcurrentHashMap<>();

    public Batches(Settings.Batching settings, Savings savings, Tokenizers tokenizers) {
        this.settings = settings;
        this.savings = savings;
        this.tokenizers = tokenizers;
    }

    Settings.Batching settings() {
        return settings;
    }

    /** Embeddings that are to go out as one. */
    MergedCall merged() {
        return new MergedCall(savings, tokenizers);
    }

    /**
     * Finds company for an attempt that is about to be made; what it is to ask must be settled by now. One that joins others
     * goes where they go.
     *
     * @param prices of its model
     * @return null when it goes alone
     */
    public @Nullable Travel board(Attempt attempt, Supplier<Prices> prices) {
        Settings.Batching.Rule rule = settings.of(attempt.target().provider().id());
        if (!rule.enabled() || !isAlone(attempt.call())) {
            return null;
        }
        Passenger passenger =
                attempt.call().operation() == Operation.CHAT ? share(attempt, prices) : merge(attempt, rule);
        if (passenger != null) {
            attempt.travels(passenger, passenger.whereTo());
        }
        return passenger;
    }

    /**
     * Whether it is a request as a client sent it. Parts of one call that look alike are meant to be made side by side, and a
     * stream in another shape, or with a sum in it, is no other client's.
     */
    private static boolean isAlone(Call call) {
        if (call.client() == null) {
            return false;
        }
        boolean chat = call.operation() == Operation.CHAT
                && (!call.streaming() || call.dialect() == Dialect.CHAT && call.usedElsewhere() == Usage.NONE);
        return chat || call.operation() == Operation.EMBEDDINGS;
    }

    private @Nullable Passenger share(Attempt attempt, Supplier<Prices> prices) {
        Identity identity = Identity.of(attempt, attempt.target().provider().id(), "", settings.acrossTenants());
        SharedCall known = shared.get(identity);
        Passenger joined = known == null ? null : known.join(attempt);
        if (joined != null) {
            return joined;
        }
        SharedCall made = new SharedCall(attempt, settings, savings, prices, call -> shared.remove(identity, call));
        SharedCall with = shared.compute(identity, (id, now) -> now == null || now == known ? made : now);
        if (with == made) {
            return made.first();
        }
        Passenger other = with.join(attempt); // another made one at the same moment
        return other != null ? other : made.first();
    }

    private @Nullable Passenger merge(Attempt attempt, Settings.Batching.Rule rule) {
        return Inputs.of(attempt.body()).size() < rule.maxSize() ? new Passenger(attempt, false, null) : null;
    }
}
