package io.serai.door;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.call.UpstreamException;
import io.serai.config.Provider;
import io.serai.routing.Disabled;
import io.serai.routing.Instances;
import io.serai.routing.LegacyPaths;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/providers/{id}/disable} and {@code /enable}: takes a provider out of service and back, or one of its keys or
 * models. The answer is the provider's state as in {@code /health}, and {@code kept}: whether the next start will know.
 */
public final class SwitchProvider {
    private static final Logger LOG = LoggerFactory.getLogger(SwitchProvider.class);
    private static final int MAX_BYTES = 64 * 1024;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Set<String> FIELDS = Set.of("model", "instance", "reason");

    private final ObjectMapper json;
    private final BodyBudget bodies;
    private final Instances instances;
    private final Disabled disabled;
    private final ShowHealth health;

    public SwitchProvider(
            ObjectMapper json, BodyBudget bodies, Instances instances, Disabled disabled, ShowHealth health) {
        this.json = json;
        this.bodies = bodies;
        this.instances = instances;
        this.disabled = disabled;
        this.health = health;
    }

    /** 404 when there is nothing of that name, 400 for a body that says something else. */
    public void disable(Exchange exchange) throws UpstreamException {
        String id = id(exchange);
        JsonNode body = body(exchange);
        Disabled.Target target = target(id, body);
        String reason = text(body, "reason");
        boolean kept = disabled.disable(
                target,
                new Disabled.Note(
                        reason == null ? null : LogText.of(reason),
                        Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        LOG.info("{} is disabled: {}", words(id, body), reason == null ? "no reason given" : LogText.of(reason));
        answer(exchange, id, kept);
    }

    /** Takes back what {@link #disable} did with the same model and instance. */
    public void enable(Exchange exchange) throws UpstreamException {
        String id = id(exchange);
        JsonNode body = body(exchange);
        boolean kept = disabled.enable(target(id, body));
        LOG.info("{} is enabled", words(id, body));
        answer(exchange, id, kept);
    }

    private void answer(Exchange exchange, String id, boolean kept) {
        ObjectNode state = json.createObjectNode().put("id", id);
        state.setAll(health.provider(id, exchange.getContext()));
        Answers.send(Call.of(exchange), state.put("kept", kept));
    }

    private String id(Exchange exchange) {
        String id = LegacyPaths.idBehind("/api/providers/", Call.of(exchange).door());
        if (instances.of(id).isEmpty()) {
            throw notFound(
                    "unknown_provider",
                    "There is no provider '" + LogText.of(id) + "' with a key here. Providers: "
                            + list(instances.providers().stream().toList()) + ".");
        }
        return id;
    }

    private Disabled.Target target(String id, JsonNode body) {
        String model = text(body, "model");
        String instance = text(body, "instance");
        Provider provider = instances.of(id).get(0).provider();
        if (model != null && !provider.takes(model)) {
            throw notFound("model_not_found", "The provider '" + id + "' has no model '" + LogText.of(model) + "'.");
        }
        return new Disabled.Target(id, model, instance == null ? null : identity(id, instance));
    }

    private String identity(String provider, String instance) {
        List<Instance> keys = instances.of(provider);
        return keys.stream()
                .filter(i -> i.id().equals(instance))
                .findFirst()
                .map(Instance::identity)
                .orElseThrow(() -> notFound(
                        "unknown_instance",
                        "The provider '" + provider + "' has no instance '" + LogText.of(instance) + "'. Instances: "
                                + list(keys.stream().map(Instance::id).toList()) + "."));
    }

    /** A field that is not known may be a misspelt {@code model}, and the whole provider is not what was meant then. */
    private JsonNode body(Exchange exchange) throws UpstreamException {
        byte[] bytes = RawBody.read(exchange, bodies, MAX_BYTES, SILENCE, ApiError.tooLarge(MAX_BYTES));
        JsonNode body = bytes.length == 0 ? json.createObjectNode() : parsed(bytes);
        if (!body.isObject()) {
            throw bad(null, "The body is no JSON object.");
        }
        body.properties().forEach(field -> {
            if (!FIELDS.contains(field.getKey())) {
                throw bad(
                        null,
                        "The body may say model, instance and reason, but not '" + LogText.of(field.getKey()) + "'.");
            }
            if (!field.getValue().isNull()
                    && (!field.getValue().isTextual()
                            || field.getValue().asText().isBlank())) {
                throw bad(field.getKey(), "'" + field.getKey() + "' is no text.");
            }
        });
        return body;
    }

    private JsonNode parsed(byte[] bytes) {
        try {
            return json.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw bad(null, "The body is not JSON.");
        } catch (IOException e) {
            throw new IllegalStateException(e); // nothing is read from anywhere
        }
    }

    private static ApiError bad(@Nullable String param, String message) {
        return ApiError.badRequest("invalid_request", param, message);
    }

    private static ApiError notFound(String code, String message) {
        return new ApiError(404, "invalid_request_error", code, null, message, null);
    }

    private static @Nullable String text(JsonNode body, String field) {
        return body.hasNonNull(field) ? body.path(field).asText() : null;
    }

    private static String words(String id, JsonNode body) {
        String instance = text(body, "instance");
        String model = text(body, "model");
        return LogText.of((instance == null ? id : instance) + (model == null ? "" : "/" + model));
    }

    private static String list(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
