package io.serai.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is kept of one provider as JSON: {@code {fetched_at, models: {id: {context, output, prices ..}}, limits: {id: {tokens, at}}}}. */
final class KeptJson {
    private KeptJson() {}

    static ObjectNode write(ModelLists.Kept kept) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (kept.fetchedAt() != null) {
            node.put("fetched_at", kept.fetchedAt().toString());
        }
        ObjectNode models = node.putObject("models");
        kept.models().forEach((id, facts) -> models.set(id, node(facts)));
        ObjectNode lessons = node.putObject("limits");
        kept.lessons()
                .forEach((model, lesson) -> lessons.putObject(model)
                        .put("tokens", lesson.tokens())
                        .put("at", lesson.at().toString()));
        return node;
    }

    private static ObjectNode node(ModelFacts facts) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (facts.contextWindow() != null) {
            node.put("context", facts.contextWindow());
        }
        if (facts.maxOutputTokens() != null) {
            node.put("output", facts.maxOutputTokens());
        }
        if (facts.description() != null) {
            node.put("description", facts.description());
        }
        facts.prices().usd().forEach((name, usd) -> node.withObject("/prices").put(name, usd.toPlainString()));
        words(node, "takes", facts.inputModalities());
        words(node, "makes", facts.outputModalities());
        words(node, "can", facts.capabilities());
        words(node, "parameters", facts.supportedParameters());
        return node;
    }

    private static void words(ObjectNode node, String field, List<String> words) {
        if (!words.isEmpty()) {
            words.forEach(node.putArray(field)::add);
        }
    }

    /**
     * What {@link #write} wrote.
     *
     * @throws DateTimeException for times that are none
     */
    static ModelLists.Kept read(JsonNode node) {
        Map<String, ModelFacts> models = new LinkedHashMap<>();
        node.path("models").properties().forEach(e -> models.put(e.getKey(), facts(e.getValue())));
        Map<String, ModelLists.Lesson> lessons = new LinkedHashMap<>();
        node.path("limits")
                .properties()
                .forEach(e -> lessons.put(
                        e.getKey(),
                        new ModelLists.Lesson(
                                e.getValue().path("tokens").asInt(),
                                Instant.parse(e.getValue().path("at").asText()))));
        Instant fetchedAt =
                node.has("fetched_at") ? Instant.parse(node.path("fetched_at").asText()) : null;
        return new ModelLists.Kept(fetchedAt, models, lessons);
    }

    private static ModelFacts facts(JsonNode node) {
        ModelFacts.Builder facts = new ModelFacts.Builder()
                .contextWindow(
                        node.has("context") ? (Integer) node.path("context").asInt() : null)
                .maxOutputTokens(
                        node.has("output") ? (Integer) node.path("output").asInt() : null)
                .description(node.has("description") ? node.path("description").asText() : null)
                .modalities(words(node, "takes"), words(node, "makes"))
                .capabilities(words(node, "can"))
                .supportedParameters(words(node, "parameters"));
        node.path("prices")
                .properties()
                .forEach(
                        e -> facts.price(e.getKey(), new BigDecimal(e.getValue().asText())));
        return facts.build();
    }

    private static List<String> words(JsonNode node, String field) {
        List<String> words = new ArrayList<>();
        node.path(field).forEach(w -> words.add(w.asText()));
        return words;
    }
}
