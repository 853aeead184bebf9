package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * How a family of models counts, as {@code tokenizers.json} says it.
 *
 * @param models their names, without what stands before the last slash; one that ends in * stands for all that begin so
 * @param types of providers whose models count so when their names say nothing
 * @param vocabulary the models' own if {@code exact}, else one that theirs is compared with
 * @param factor tokens for one of the vocabulary
 * @param toolPrompt tokens that a request with tools has on top
 * @param audioRate tokens a second
 */
record Profile(
        List<String> models,
        List<String> types,
        Vocabulary vocabulary,
        boolean exact,
        double factor,
        int toolPrompt,
        int audioRate,
        ImageRule image) {
    private static final int OPENAI_AUDIO = 10;

    static Profile of(JsonNode said) {
        return new Profile(
                texts(said.path("models")),
                texts(said.path("types")),
                Vocabulary.valueOf(said.path("encoding").asText().toUpperCase(Locale.ROOT)),
                !said.has("factor"),
                said.path("factor").asDouble(1),
                said.path("tool_prompt").asInt(),
                said.path("audio").asInt(OPENAI_AUDIO),
                ImageRule.of(said.path("image")));
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    boolean names(String model) {
        return models.stream()
                .anyMatch(name -> name.endsWith("*")
                        ? model.startsWith(name.substring(0, name.length() - 1))
                        : model.equals(name));
    }
}
