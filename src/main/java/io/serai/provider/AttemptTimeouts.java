package io.serai.provider;

import io.serai.call.Attempt;
import io.serai.config.Provider;
import io.serai.config.Timeouts;

/** The clocks of an attempt: its model's, else its provider's. */
final class AttemptTimeouts {
    private AttemptTimeouts() {}

    static Timeouts of(Attempt attempt) {
        Provider provider = attempt.target().provider();
        return provider.model(attempt.target().model())
                .map(Provider.Model::timeouts)
                .orElse(provider.timeouts());
    }
}
