package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.batch.Savings;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.ledger.Books;
import io.serai.limits.AdaptiveRates;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import io.serai.redis.Redis;
import io.serai.routing.Disabled;
import io.serai.routing.Health;
import io.serai.routing.InstanceState;
import io.serai.routing.Instances;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/** {@code GET /health}: whether the broker runs, and for those who are known what it knows of each provider. */
public final class ShowHealth {
    private final ObjectMapper json;
    private final Instances instances;
    private final Health health;
    private final ModelTable models;
    private final Disabled disabled;
    private final AdaptiveRates rates;
    private final Books books;
    private final BrokerState broker;
    private final Savings savings;
    private final Redis redis;

    /** What the process around a generation tells. */
    public interface BrokerState {
        long generation();

        Instant startedAt();

        boolean draining();

        /** Of the newest configuration, when it could not be used; empty: it is the one in use. */
        List<String> configErrors();
    }

    public ShowHealth(
            ObjectMapper json,
            Instances instances,
            Health health,
            ModelTable models,
            Disabled disabled,
            AdaptiveRates rates,
            Savings savings,
            Books books,
            Redis redis,
            BrokerState broker) {
        this.redis = redis;
        this.savings = savings;
        this.books = books;
        this.disabled = disabled;
        this.rates = rates;
        this.json = json;
        this.instances = instances;
        this.health = health;
        this.models = models;
        this.broker = broker;
    }

    public void show(Exchange exchange) {
        Call call = Call.of(exchange);
        ObjectNode body = json.createObjectNode();
        body.put("status", status())
                .put("generation", broker.generation())
                .put(
                        "uptime_s",
                        Duration.between(broker.startedAt(), Instant.now()).toSeconds());
        boolean known = call.caller().admin() || !call.caller().key().equals("anonymous");
        if (known) {
            body.set("providers", providers(exchange.getContext()));
            ArrayNode errors = body.putObject("config").putArray("errors");
            broker.configErrors().forEach(errors::add);
            Books.Condition ledger = books.condition();
            body.putObject("ledger")
                    .put("queue", ledger.queue())
                    .put("journal_bytes", ledger.journalBytes())
                    .put("state", ledger.state())
                    .put("lost", ledger.lost())
                    .put("spoiled", ledger.spoiled());
            Redis.Condition shared = redis.condition();
            body.putObject("redis")
                    .put("state", shared.state())
                    .put("breaker", shared.breaker())
                    .put("answered", shared.answered())
                    .put("failed", shared.failed())
                    .put("late", shared.late())
                    .put("unasked", shared.unasked());
            body.putObject("batching")
                    .put("shared_calls", savings.sharedCalls())
                    .put("merged_calls", savings.mergedCalls())
                    .put("saved_tokens", savings.savedTokens())
                    .put("saved_usd", savings.savedUsd());
        }
        Answers.send(call, broker.draining() ? 503 : 200, body);
    }

    /** Every provider's {@link #provider}, by its id. */
    ObjectNode providers(CamelContext context) {
        ObjectNode providers = json.createObjectNode();
        for (String id : instances.providers()) {
            providers.set(id, provider(id, context));
        }
        return providers;
    }

    /**
     * {@code {instances: [{id, state, breaker, disabled, adaptive_interval_ms, cooldown_until,
     * resting_models: [{model, state, cooldown_until}]}],
     * disabled_models: [{model, instance, reason, since}]}}
     */
    ObjectNode provider(String id, CamelContext context) {
        ObjectNode provider = json.createObjectNode();
        describe(provider, models.state(instances.of(id).get(0).provider()));
        ArrayNode list = provider.putArray("instances");
        for (Instance instance : instances.of(id)) {
            describe(list.addObject(), instance, context);
        }
        disabled.of(id).forEach((target, note) -> {
            if (target.model() != null) {
                describe(provider.withArray("disabled_models").addObject(), target, note);
            }
        });
        return provider;
    }

    private void describe(ObjectNode node, Disabled.Target target, Disabled.Note note) {
        node.put("model", target.model());
        instances.of(target.provider()).stream()
                .filter(i -> i.identity().equals(target.identity()))
                .forEach(i -> node.put("instance", i.id()));
        describe(node, note);
    }

    private static void describe(ObjectNode node, Disabled.Note note) {
        if (note.reason() != null) {
            node.put("reason", note.reason());
        }
        node.put("since", note.since().toString());
    }

    /** {@code ok}, or {@code draining} while the broker stops. */
    String status() {
        return broker.draining() ? "draining" : "ok";
    }

    private static void describe(ObjectNode provider, ModelLists.State list) {
        if (list.fetchedAt() != null || list.error() != null) {
            ObjectNode node = provider.putObject("model_list").put("models", list.models());
            if (list.fetchedAt() != null) {
                node.put(
                        "fetched_at",
                        list.fetchedAt().truncatedTo(ChronoUnit.SECONDS).toString());
            }
            if (list.error() != null) {
                node.put("error", list.error());
            }
        }
    }

    private void describe(ObjectNode node, Instance instance, CamelContext context) {
        InstanceState now = InstanceState.of(instance, context, health, disabled, rates);
        node.put("id", now.id())
                .put("state", now.state())
                .put("breaker", now.breaker())
                .put("disabled", now.off() != null)
                .put("adaptive_interval_ms", now.adaptiveIntervalMs());
        if (now.off() != null) {
            describe(node.putObject("disabled_because"), now.off());
        }
        if (now.cooldown() != null) {
            node.put("cooldown_until", until(now.cooldown()));
        }
        now.restingModels()
                .forEach((model, pause) -> node.withArray("resting_models")
                        .addObject()
                        .put("model", model)
                        .put("state", pause.reason())
                        .put("cooldown_until", until(pause.left())));
    }

    private static String until(Duration left) {
        return Instant.now().plus(left).toString();
    }
}
