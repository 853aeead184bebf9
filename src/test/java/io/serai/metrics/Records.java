package io.serai.metrics;

import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Operation;
import io.serai.call.Outcome;
import io.serai.call.Overhead;
import io.serai.call.Saved;
import io.serai.call.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** Requests that are over. */
final class Records {
    private Records() {}

    static CallRecord from(String address) {
        return of(address, List.of());
    }

    /** One that the model {@code echo} answered, under a longer name. */
    static CallRecord of(String address, List<CallRecord.Try> attempts) {
        return new CallRecord(
                "1",
                "req_1",
                "/v1/chat/completions",
                "openai",
                Operation.CHAT,
                Instant.EPOCH,
                "key",
                address,
                "rotation/race",
                false,
                "local",
                "local",
                "echo",
                "echo-2026-01-31",
                "race",
                200,
                Outcome.OK,
                null,
                Usage.NONE,
                attempts,
                List.of(),
                List.of(),
                0,
                2,
                1,
                new Overhead(1, 0, 1),
                Cost.NOTHING,
                BigDecimal.ZERO,
                "v",
                1,
                false,
                null,
                null,
                Saved.NOTHING);
    }
}
