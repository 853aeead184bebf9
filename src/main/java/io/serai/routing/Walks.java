package io.serai.routing;

import io.serai.batch.Batches;
import io.serai.call.Call;
import io.serai.config.Settings;
import io.serai.context.Tokenizers;
import io.serai.models.ModelTable;
import java.util.List;

/** Makes walks, and has what all walks of a generation share. */
public record Walks(
        Settings settings,
        Health health,
        ModelTable models,
        Latencies latencies,
        Gate gate,
        Disabled disabled,
        Batches batches,
        Tokenizers tokenizers) {

    /** @param attempts that it may make, on whose account they go */
    public Walk of(Call call, List<Candidate> candidates, Allowance attempts) {
        return new Walk(call, candidates, CandidateQueue.NOTHING, this, attempts);
    }
}
