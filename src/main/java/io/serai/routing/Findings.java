package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Target;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.context.Length;
import io.serai.context.Tokens;
import io.serai.provider.ContextLimit;
import org.jspecify.annotations.Nullable;

/** What an attempt of a call says for the bill, and for requests to come: prices, times, lengths. */
final class Findings {
    private final Call call;
    private final Walks shared;

    Findings(Call call, Walks shared) {
        this.call = call;
        this.shared = shared;
    }

    /** The attempt's price is known from its beginning on: the usage of a short stream is read before it is known to go well. */
    void price(Attempt attempt) {
        Target target = attempt.target();
        attempt.pricedBy(served -> shared.models().prices(target.provider(), target.model(), served));
    }

    /** How long the model took to begin. */
    void took(Attempt attempt) {
        if (attempt.firstEventNanos() > 0) {
            double millis = (attempt.firstEventNanos() - attempt.startedNanos()) / 1e6;
            shared.latencies().add(provider(attempt), attempt.target().model(), call.streaming(), millis);
        }
    }

    /** Where the request was counted, the provider's figure says how well. */
    void counted(Attempt attempt) {
        Length length = Needs.of(call).length();
        if (!length.isCounted()) {
            return;
        }
        Target target = attempt.target();
        Tokens counts = shared.tokenizers()
                .of(target.provider().type(), target.provider().id(), target.model());
        call.whenComplete(() -> {
            Usage said = attempt.usage();
            if (said != null && !said.estimated()) {
                shared.tokenizers().reported(counts, provider(attempt), target.model(), length, said.input());
            }
        });
    }

    /**
     * Another branch was faster than the attempt. It counts with what it has used so far, and where the provider did not come
     * to say that, with what was sent to it.
     */
    void overtaken(Attempt attempt) {
        calledOff(attempt);
        if (attempt.isOvertaken() && attempt.firstEventNanos() == 0) {
            shared.latencies()
                    .addAtLeast(provider(attempt), attempt.target().model(), call.streaming(), attempt.millis());
        }
    }

    /** The same before the attempt has ended: from here on it counts. Any thread. */
    void calledOff(Attempt attempt) {
        if (attempt.payloadBytes() == 0) {
            return; // it did not come so far
        }
        boolean counted = call.operation() == Operation.CHAT || call.operation() == Operation.EMBEDDINGS;
        Usage sent = new Usage.Builder()
                .inFresh(counted ? attempt.counter().guessed() : 0)
                .estimated()
                .build();
        attempt.overtaken(sent);
        attempt.priced();
    }

    /**
     * The request was too long for the model. A limit that the provider names is kept, if it can be true.
     *
     * @return how many tokens the model takes, null when nobody knows
     */
    @Nullable
    Integer tooLong(Attempt attempt, UpstreamFailure.Rejected rejected) {
        Target target = attempt.target();
        Integer named = ContextLimit.in(rejected.message());
        if (named != null && named <= mostTokens(attempt)) {
            shared.models().learn(target.provider(), target.model(), named);
        }
        return target.contextSize() == null ? named : target.contextSize();
    }

    /** A request that was too long has more tokens than the limit, no token less than a byte, and asks for some. */
    private static long mostTokens(Attempt attempt) {
        JsonNode asked = attempt.body().path("max_completion_tokens");
        return attempt.payloadBytes()
                + (asked.isNumber() ? asked : attempt.body().path("max_tokens")).asLong();
    }

    private static String provider(Attempt attempt) {
        return attempt.target().provider().id();
    }
}
