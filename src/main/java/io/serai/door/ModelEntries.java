package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Instance;
import io.serai.config.Autoselect;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Rotation;
import io.serai.config.Snapshot;
import io.serai.models.ModelFacts;
import io.serai.models.ModelFilter;
import io.serai.models.ModelTable;
import io.serai.models.Source;
import io.serai.routing.Instances;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The entries of the list of models: the catalogue's names that have a provider here, each provider's declared models, and
 * the fetched ones of a provider that declares none. OpenAI's fields, and those of AISBF and OpenRouter beside them.
 */
final class ModelEntries {
    /** Shown as the operator wrote them, with what else is known beside it. */
    private static final List<String> AS_WRITTEN = List.of("architecture", "pricing", "top_provider");

    private static final Map<String, String> AUTO = new TreeMap<>(Map.of(
            "auto", "Whichever serai.routing.strategy says: autocheapest or autobest.",
            "autocheapest", "The model of the catalogue that is expected to cost least for the request at hand.",
            "autobest", "The best model of the catalogue that can serve the request at hand."));

    private final ObjectMapper json;
    private final Snapshot snapshot;
    private final Instances instances;
    private final ModelTable models;
    private final long created;

    ModelEntries(ObjectMapper json, Snapshot snapshot, Instances instances, ModelTable models, long created) {
        this.json = json;
        this.snapshot = snapshot;
        this.instances = instances;
        this.models = models;
        this.created = created;
    }

    /** Every entry, in the order in which they are listed. */
    void each(Consumer<ObjectNode> entries) {
        for (Catalogue.Entry entry : snapshot.catalogue().models().values()) {
            if (entry.backends().stream().anyMatch(this::served)) {
                entries.accept(ofCatalogue(entry));
            }
        }
        for (String id : instances.providers()) {
            ofProvider(id, entries);
        }
        snapshot.rotations().values().forEach(rotation -> entries.accept(ofRotation(rotation)));
        snapshot.autoselects().values().forEach(autoselect -> entries.accept(ofAutoselect(autoselect)));
        AUTO.forEach((name, meaning) ->
                entries.accept(model(name, "serai").put("type", "auto").put("description", meaning)));
    }

    /** AISBF's fields for it. */
    private ObjectNode ofRotation(Rotation rotation) {
        ObjectNode node = model("rotation/" + rotation.name(), "serai-rotation")
                .put("type", "rotation")
                .put("rotation_id", rotation.name())
                .put("model_name", rotation.modelName())
                .put("strategy", rotation.strategy().spelling());
        rotation.capabilities().forEach(node.putArray("capabilities")::add);
        return node;
    }

    /** AISBF's fields for it. */
    private ObjectNode ofAutoselect(Autoselect autoselect) {
        ObjectNode node = model("autoselect/" + autoselect.name(), "serai-autoselect")
                .put("type", "autoselect")
                .put("autoselect_id", autoselect.name())
                .put("model_name", autoselect.modelName())
                .put("description", autoselect.description());
        autoselect.capabilities().forEach(node.putArray("capabilities")::add);
        return node;
    }

    /** Those of one provider; none when there is no such provider. */
    void ofProvider(String id, Consumer<ObjectNode> entries) {
        List<Instance> keys = instances.of(id);
        if (keys.isEmpty()) {
            return;
        }
        Provider provider = keys.get(0).provider();
        for (Provider.Model model : provider.models()) {
            entries.accept(ofProvider(provider, model.name(), model.extra(), "local_config"));
        }
        if (provider.models().isEmpty()) {
            Predicate<String> wanted = ModelFilter.of(provider.modelFilter());
            models.listed(provider).keySet().stream()
                    .filter(wanted)
                    .forEach(model -> entries.accept(ofProvider(provider, model, Map.of(), "api_cache")));
        }
    }

    private boolean served(Catalogue.Backend backend) {
        List<Instance> keys = instances.of(backend.provider());
        return !keys.isEmpty() && keys.get(0).provider().takes(backend.model());
    }

    private ObjectNode ofCatalogue(Catalogue.Entry entry) {
        ObjectNode node = model(entry.name(), "serai");
        node.put("type", "catalogue").put("display_name", entry.displayName()).put("tier", entry.tier());
        if (entry.contextWindow() > 0) {
            node.put("context_window", entry.contextWindow()).put("context_length", entry.contextWindow());
        }
        if (entry.maxOutputTokens() != null) {
            node.put("max_output_tokens", entry.maxOutputTokens());
        }
        entry.capabilities().forEach(node.putArray("capabilities")::add);
        ObjectNode sources = node.putObject("sources");
        for (String field : new String[] {"context_window", "max_output_tokens", "capabilities"}) {
            if (node.has(field)) {
                sources.put(field, Source.CATALOGUE.word());
            }
        }
        for (Catalogue.Backend backend : entry.backends()) {
            if (served(backend)) {
                ObjectNode shown = node.withArray("backends").addObject();
                shown.put("provider", backend.provider()).put("model_id", backend.model());
                backend.prices().forEach((name, usd) -> shown.put(name, plain(usd)));
                Provider provider = instances.of(backend.provider()).get(0).provider();
                facts(shown, models.of(provider, backend.model()));
            }
        }
        return node;
    }

    private ObjectNode ofProvider(Provider provider, String model, Map<String, Object> written, String source) {
        ObjectNode node = model(provider.id() + "/" + model, provider.id());
        node.put("type", "provider").put("provider", provider.id()).put("model_name", model);
        AS_WRITTEN.forEach(field -> {
            if (written.get(field) instanceof Map<?, ?> said) {
                node.set(field, json.valueToTree(said));
            }
        });
        ModelFacts facts = models.of(provider, model);
        facts(node, facts);
        if (facts.contextWindow() != null) {
            node.put("context_size", facts.contextWindow());
        }
        if (written.get("default_parameters") instanceof Map<?, ?> defaults) {
            node.set("default_parameters", json.valueToTree(defaults));
        }
        return node.put("source", source);
    }

    /** All that is known of one model at one provider, and who said each. */
    private void facts(ObjectNode node, ModelFacts facts) {
        if (facts.description() != null) {
            node.put("description", facts.description());
        }
        if (facts.contextWindow() != null) {
            node.put("context_window", facts.contextWindow()).put("context_length", facts.contextWindow());
        }
        if (facts.maxOutputTokens() != null) {
            node.put("max_output_tokens", facts.maxOutputTokens());
        }
        words(node, "architecture", "input_modalities", facts.inputModalities());
        words(node, "architecture", "output_modalities", facts.outputModalities());
        facts.prices().usd().forEach((name, usd) -> {
            ObjectNode pricing = node.withObjectProperty("pricing");
            if (!pricing.has(name)) {
                pricing.put(name, usd.toPlainString()); // text, as OpenRouter has it: no reader rounds it
            }
        });
        words(node, "capabilities", facts.capabilities());
        words(node, "supported_parameters", facts.supportedParameters());
        if (!facts.sources().isEmpty()) {
            ObjectNode sources = node.putObject("sources");
            facts.sources().forEach((field, source) -> sources.put(field, source.word()));
        }
    }

    private static void words(ObjectNode node, String object, String field, List<String> words) {
        if (!words.isEmpty()) {
            words(node.withObjectProperty(object), field, words);
        }
    }

    private static void words(ObjectNode node, String field, List<String> words) {
        if (!words.isEmpty()) {
            ArrayNode list = node.putArray(field);
            words.forEach(list::add);
        }
    }

    private ObjectNode model(String id, String owner) {
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
