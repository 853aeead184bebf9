package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import io.serai.routing.Instances;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * What can be asked for here: the catalogue's names that have a provider, and each provider's declared models. An id may hold
 * slashes.
 */
public final class ListModels {
    private final ObjectMapper json;
    private final Map<String, ObjectNode> models = new LinkedHashMap<>();

    public ListModels(ObjectMapper json, Snapshot snapshot, Instances instances, Instant loaded) {
        this.json = json;
        long created = loaded.getEpochSecond();
        for (Catalogue.Entry entry : snapshot.catalogue().models().values()) {
            if (entry.backends().stream().anyMatch(b -> served(b, instances))) {
                models.put(entry.name(), ofCatalogue(entry, instances, created));
            }
        }
        for (String id : instances.providers()) {
            Provider provider = instances.of(id).get(0).provider();
            for (Provider.Model model : provider.models()) {
                models.put(id + "/" + model.name(), ofProvider(provider, model, created));
            }
        }
    }

    /** The list, or the one model that the path names. 404 for an unknown one. */
    public void show(Exchange exchange) {
        Call call = Call.of(exchange);
        String id = idIn(call.door());
        ObjectNode answer;
        if (id.isEmpty()) {
            answer = json.createObjectNode().put("object", "list");
            answer.putArray("data").addAll(models.values());
        } else {
            answer = models.get(id);
            if (answer == null) {
                throw ApiError.modelNotFound(
                        "There is no model '" + LogText.of(id) + "'. /v1/models lists what there is.");
            }
        }
        Answers.send(call, answer);
    }

    private static boolean served(Catalogue.Backend backend, Instances instances) {
        List<Instance> keys = instances.of(backend.provider());
        return !keys.isEmpty() && keys.get(0).provider().takes(backend.model());
    }

    private static String idIn(String path) {
        int at = path.indexOf("/models");
        String rest = path.substring(at + "/models".length());
        if (!rest.isEmpty() && !rest.startsWith("/")) {
            throw new ApiError(
                    404, "invalid_request_error", "unknown_url", null, "There is nothing at this address.", null);
        }
        try {
            String id = rest.startsWith("/") ? rest.substring(1) : rest;
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8); // in a path + is itself
        } catch (IllegalArgumentException e) {
            return rest;
        }
    }

    private ObjectNode ofCatalogue(Catalogue.Entry entry, Instances instances, long created) {
        ObjectNode node = model(entry.name(), created, "serai");
        node.put("type", "catalogue")
                .put("display_name", entry.displayName())
                .put("tier", entry.tier())
                .put("context_window", entry.contextWindow());
        if (entry.maxOutputTokens() != null) {
            node.put("max_output_tokens", entry.maxOutputTokens());
        }
        entry.capabilities().forEach(node.putArray("capabilities")::add);
        for (Catalogue.Backend backend : entry.backends()) {
            if (served(backend, instances)) {
                ObjectNode shown = node.withArray("backends").addObject();
                shown.put("provider", backend.provider()).put("model_id", backend.model());
                backend.prices().forEach((name, usd) -> shown.put(name, plain(usd)));
            }
        }
        return node;
    }

    private ObjectNode ofProvider(Provider provider, Provider.Model model, long created) {
        ObjectNode node = model(provider.id() + "/" + model.name(), created, provider.id());
        node.put("type", "provider").put("provider", provider.id()).put("model_name", model.name());
        if (model.contextSize() != null) {
            node.put("context_window", model.contextSize());
        }
        for (String shown : new String[] {
            "description",
            "capabilities",
            "architecture",
            "pricing",
            "top_provider",
            "supported_parameters",
            "default_parameters"
        }) {
            Object value = model.extra().get(shown);
            if (value != null) {
                node.set(shown, json.valueToTree(value));
            }
        }
        return node;
    }

    private ObjectNode model(String id, long created, String owner) {
        return json.createObjectNode()
                .put("id", id)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", owner);
    }

    /** Without an exponent: 1E+1 is a number, but not one that people expect in a price. */
    private static BigDecimal plain(BigDecimal usd) {
        return new BigDecimal(usd.toPlainString());
    }
}
