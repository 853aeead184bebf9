package io.serai.routing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.call.Operation;
import io.serai.call.Reply;
import io.serai.call.Usage;
import io.serai.config.Rotation;
import io.serai.routing.Candidates.Offer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Total failure told as an answer, for people who see no errors: a rotation's {@code notifyerrors}. Nothing of a provider's
 * own words is in it but the message that the error would have had, from which secrets are taken.
 */
public final class FailureReport {
    private final ObjectMapper json;
    private final Map<String, Rotation> rotations;
    private final Pools pools;
    private final Health health;
    private final boolean showMembers;

    /** @param showMembers whether clients may see where their requests went */
    public FailureReport(
            ObjectMapper json, Map<String, Rotation> rotations, Pools pools, Health health, boolean showMembers) {
        this.json = json;
        this.rotations = rotations;
        this.pools = pools;
        this.health = health;
        this.showMembers = showMembers;
    }

    /**
     * Whether what was just raised is to be told as an answer: the rotation says so, the call is a client's own chat and not a
     * part of it, and the request is not what is wrong.
     */
    public Predicate wanted() {
        return exchange -> {
            Call call = Call.of(exchange);
            Rotation rotation = rotation(call);
            ApiError error = error(exchange.getException());
            return rotation != null
                    && rotation.notifyErrors()
                    && error != null
                    && !call.isPart()
                    && call.operation() == Operation.CHAT
                    && call.cancellation().reason() == null
                    && (error.status() == 404 || error.status() == 429 || error.status() >= 500);
        };
    }

    /** The client gets the report; the error stays in the record. */
    public void reply(Exchange exchange) {
        Call call = Call.of(exchange);
        ApiError error = error(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        if (error == null) {
            throw new IllegalStateException("Only an error is told");
        }
        ObjectNode body = json.createObjectNode()
                .put("id", "chatcmpl-" + call.id())
                .put("object", "chat.completion")
                .put("created", call.startedAt().getEpochSecond())
                .put("model", call.asked());
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        choice.putObject("message")
                .put("role", "assistant")
                .put("content", text(call, error))
                .putNull("refusal");
        choice.putNull("logprobs").put("finish_reason", "stop");
        body.set("usage", Usage.NONE.toOpenAi());
        call.repliesWith(new Reply.Report(body, error));
    }

    private String text(Call call, ApiError error) {
        StringBuilder text = new StringBuilder("No model of `")
                .append(LogText.of(call.model()))
                .append("` could answer.\n\n")
                .append(error.text());
        if (error.retryAfter() instanceof Duration wait) {
            text.append("\n\nIt may work again in ").append(seconds(wait)).append(" s.");
        }
        Pool pool = call.getPath() instanceof ModelPath path ? pools.of(Directory.pool(path)) : null;
        if (showMembers && pool != null) {
            text.append("\n");
            Set<String> told = new LinkedHashSet<>();
            for (Offer offer : pool.offers()) {
                if (told.add(offer.provider().id() + "/" + offer.model())) {
                    text.append("\n- `")
                            .append(offer.provider().id())
                            .append('/')
                            .append(offer.model())
                            .append("`: ")
                            .append(fate(call, offer));
                }
            }
        }
        return text.append("\n\nRequest ").append(call.id()).toString();
    }

    /** What became of the last attempt there, and how long it is left alone. */
    private String fate(Call call, Offer offer) {
        String fate = "not tried";
        for (Attempt attempt : call.attempts()) {
            CallRecord.Try tried = CallRecord.Try.of(attempt);
            if (tried.provider().equals(offer.provider().id()) && tried.model().equals(offer.model())) {
                fate = tried.reason() + (tried.status() > 0 ? " (status " + tried.status() + ")" : "");
            }
        }
        Health.Pause shortest = null;
        for (Instance key : offer.keys()) {
            Health.Pause ofKey = health.pause(key);
            Health.Pause pause = ofKey == null ? health.pause(key, offer.model()) : ofKey;
            if (pause == null) {
                return fate;
            }
            shortest = shortest == null || pause.left().compareTo(shortest.left()) < 0 ? pause : shortest;
        }
        return shortest == null
                ? fate
                : fate + "; left alone for " + seconds(shortest.left()) + " s: " + shortest.reason();
    }

    private static long seconds(Duration wait) {
        return Math.max(1, (wait.toMillis() + 999) / 1000);
    }

    private @Nullable Rotation rotation(Call call) {
        return call.getPath() instanceof ModelPath path && path.kind() == ModelPath.Kind.ROTATION
                ? rotations.get(path.name())
                : null;
    }

    private static @Nullable ApiError error(@Nullable Throwable raised) {
        for (Throwable t = raised; t != null; t = t.getCause()) {
            if (t instanceof ApiError error) {
                return error;
            }
        }
        return null;
    }
}
