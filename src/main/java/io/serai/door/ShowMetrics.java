package io.serai.door;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.metrics.Addresses;
import io.serai.metrics.Levels;
import io.serai.metrics.Meters;
import io.serai.metrics.Totals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /metrics} and {@code /metrics/detailed}. */
public final class ShowMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ShowMetrics.class);
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final ObjectMapper json;
    private final Meters meters;
    private final Supplier<Levels.Sight> sight;

    /** @param sight what the generation knows at the moment */
    public ShowMetrics(ObjectMapper json, Meters meters, Supplier<Levels.Sight> sight) {
        this.json = json;
        this.meters = meters;
        this.sight = sight;
    }

    /** Prometheus' text; the sums since the start for who accepts JSON. */
    public void all(Exchange exchange) {
        Call call = Call.of(exchange);
        ClientResponse client = call.client();
        String accepted = DoorRequest.of(exchange).http().getHeader("accept");
        if (accepted != null && accepted.contains("application/json")) {
            Answers.send(call, totals());
        } else if (client != null) {
            call.answered(200, null);
            String text = meters.scrape(sight.get());
            client.reply(200, Map.of(), TEXT, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private ObjectNode totals() {
        Totals totals = meters.totals();
        return json.createObjectNode()
                .put("requests", totals.requests())
                .put("errors", totals.errors())
                .put("cancelled", totals.cancelled())
                .put("in_flight", meters.inFlight())
                .put("input_tokens", totals.inputTokens())
                .put("output_tokens", totals.outputTokens())
                .put("cost_usd", totals.usd())
                .put("unpriced", totals.unpriced());
    }

    /** {@code {addresses: {"127.0.0.1": {requests, errors, first, last, in_flight, recent: []}}}}, sent as it is written. */
    public void detailed(Exchange exchange) {
        Call call = Call.of(exchange);
        ClientResponse client = call.client();
        if (client == null) {
            return;
        }
        Pieces out = new Pieces(call, client, "application/json");
        try (JsonGenerator to = json.getFactory().createGenerator(out)) {
            to.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            to.writeStartObject();
            to.writeObjectFieldStart("addresses");
            for (Addresses.Seen seen : meters.addresses().seen()) {
                describe(to, seen);
            }
            to.writeEndObject();
            to.writeEndObject();
            to.flush();
            call.answered(200, null);
            out.close();
        } catch (IOException e) {
            LOG.debug("The list of addresses was not read to its end", e);
            out.cut();
        }
    }

    private static void describe(JsonGenerator to, Addresses.Seen seen) throws IOException {
        to.writeObjectFieldStart(seen.address());
        to.writeNumberField("requests", seen.requests());
        to.writeNumberField("errors", seen.errors());
        to.writeStringField("first", text(seen.first()));
        to.writeStringField("last", text(seen.last()));
        to.writeNumberField("in_flight", seen.inFlight());
        to.writeArrayFieldStart("recent");
        for (Addresses.Recent recent : seen.recent()) {
            to.writeStartObject();
            to.writeStringField("started", text(recent.started()));
            to.writeStringField("finished", text(recent.finished()));
            to.writeStringField("model", recent.model());
            to.writeNumberField("duration_ms", recent.durationMs());
            to.writeBooleanField("success", recent.success());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
