package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Caller;
import io.serai.call.Condensation;
import io.serai.call.EffectiveContext;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Reply;
import io.serai.call.Target;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of a request that was made to fit the model that replied. */
class CondensedRowTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Row.Writer writer = new Row.Writer();
    private final Call call =
            new Call("req_1", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
    private final ObjectNode reply = JSON.createObjectNode();

    @SuppressWarnings("NullAway.Init")
    private Attempt attempt;

    @BeforeEach
    void admit() throws Exception {
        Provider openai = Objects.requireNonNull(new ConfigLoader()
                .load(new ConfigSource(null, Map.of("OPENAI_API_KEY", "k"), Map.of()))
                .providers()
                .get("openai"));
        call.admitted(Operation.CHAT, JSON.createObjectNode(), 2, "openai/m", false, false);
        attempt = new Attempt(
                call, 1, new Target(Instance.of(openai, 0, null), "m", null, Duration.ofMinutes(5)), call.body());
        call.attempts().add(attempt);
        attempt.replied(new Reply.Complete(reply));
        call.servedBy(attempt);
    }

    @Test
    void theRowHasTheMethodAndTheTokensBeforeAndAfter() throws Exception {
        attempt.condensed(new Condensation("semantic+sliding_window", 9000, 4000));
        attempt.reported(new Usage.Builder().inFresh(4100).outText(10).build());

        CallRecord record = call.soFar();
        JsonNode row = JSON.readTree(writer.bytes(writer.row(record, null)));

        assertThat(row.path("condensed_by").asText()).isEqualTo("semantic+sliding_window");
        assertThat(row.path("condensed_from").asLong()).isEqualTo(9000);
        assertThat(row.path("condensed_to").asLong()).isEqualTo(4000);
        assertThat(record.effectiveContext()).isEqualTo(4100);
    }

    @Test
    void theRowOfARequestThatWentOutAsItCameHasNone() throws Exception {
        attempt.reported(new Usage.Builder().inFresh(4100).outText(10).build());

        JsonNode row = JSON.readTree(writer.bytes(writer.row(call.soFar(), null)));

        assertThat(row.has("condensed_by")).isFalse();
        assertThat(row.has("condensed_to")).isFalse();
    }

    @Test
    void whatTheProviderDoesNotSayIsTheCountAfterwards() {
        attempt.condensed(new Condensation("sliding_window", 9000, 4000));
        attempt.reported(Usage.estimate(attempt.counter().counted(), 40));

        EffectiveContext.put(reply, attempt, false);

        assertThat(reply.at("/usage/effective_context").asLong()).isEqualTo(4000);
        assertThat(reply.at("/usage/effective_context_estimated").asBoolean()).isTrue();
    }
}
