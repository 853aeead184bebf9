package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Prices;
import io.serai.models.ModelFacts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /models}, and what the compatible ones add to it: OpenRouter (https://openrouter.ai/docs/models), Groq
 * (https://console.groq.com/docs/api-reference#models), Mistral (https://docs.mistral.ai/api/#tag/models), Together
 * (https://docs.together.ai/reference/models-1: a bare array, prices for a million tokens), vLLM ({@code max_model_len}),
 * SambaNova. DeepSeek and OpenAI themselves list ids only.
 */
public final class OpenAiListing extends Listing {
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    /** OpenRouter's prices that are not for a token. */
    private static final Set<String> BY_PIECE = Set.of("request", "image", "web_search", "image_output");

    private static final Map<String, String> OF_PARAMETERS =
            Map.of("tools", "tool_calling", "structured_outputs", "json_schema", "reasoning", "reasoning");
    private static final Map<String, String> OF_INPUTS = Map.of("image", "vision", "audio", "audio_input");
    private static final Map<String, String> OF_OUTPUTS =
            Map.of("image", "images", "embeddings", "embeddings", "audio", "speech");
    private static final Map<String, String> OF_MISTRAL =
            Map.of("function_calling", "tool_calling", "vision", "vision", "audio_transcription", "transcription");
    private static final Map<String, String> OF_TOGETHER =
            Map.of("image", "images", "embedding", "embeddings", "transcribe", "transcription", "audio", "speech");

    OpenAiListing(String endpoint) {
        super(Request.get(endpoint + "/models"));
    }

    @Override
    @Nullable
    Request page(JsonNode answer) throws NoListException {
        JsonNode list = answer.isArray() ? answer : answer.path("data");
        if (!list.isArray()) {
            throw new NoListException("broken_answer");
        }
        for (JsonNode model : list) {
            if (model.path("active").asBoolean(true)) { // Groq lists what it no longer serves
                add(model.path("id").asText(""), facts(model));
            }
        }
        return null;
    }

    /** What an entry says of its model; also in the shape of an operator's entry without its prices. */
    public static ModelFacts facts(JsonNode model) {
        JsonNode top = model.path("top_provider");
        JsonNode architecture = model.path("architecture");
        String[] modality = architecture.path("modality").asText("").split("->", 2);
        List<String> input = Said.words(architecture.path("input_modalities"));
        List<String> output = Said.words(architecture.path("output_modalities"));
        List<String> parameters = Said.words(model.path("supported_parameters"));
        ModelFacts.Builder facts = new ModelFacts.Builder()
                .contextWindow(Said.tokens(
                        model,
                        "context_length",
                        "context_window",
                        "context_size",
                        "max_context_length",
                        "max_model_len"))
                .contextWindow(Said.tokens(top, "context_length"))
                .maxOutputTokens(Said.tokens(model, "max_completion_tokens", "max_output_tokens"))
                .maxOutputTokens(Said.tokens(top, "max_completion_tokens"))
                .modalities(input, output)
                .supportedParameters(parameters)
                .description(Said.text(model.path("description")));
        if (modality.length == 2) { // "text+image->text", from before there were lists
            facts.modalities(Said.words(modality[0]), Said.words(modality[1]));
        }
        facts.capabilities(capabilities(model, parameters, input, output));
        prices(facts, model.path("pricing"));
        return facts.build();
    }

    private static List<String> capabilities(
            JsonNode model, List<String> parameters, List<String> input, List<String> output) {
        JsonNode said = model.path("capabilities");
        if (said.isArray()) {
            return Said.words(said);
        }
        List<String> found = new ArrayList<>();
        said.properties().forEach(e -> {
            if (e.getValue().asBoolean(false)) {
                put(found, OF_MISTRAL, e.getKey());
            }
        });
        put(found, OF_TOGETHER, model.path("type").asText(""));
        parameters.forEach(p -> put(found, OF_PARAMETERS, p));
        input.forEach(m -> put(found, OF_INPUTS, m));
        output.forEach(m -> put(found, OF_OUTPUTS, m));
        return found;
    }

    private static void put(List<String> found, Map<String, String> words, String said) {
        String word = words.get(said);
        if (word != null && !found.contains(word)) {
            found.add(word);
        }
    }

    private static void prices(ModelFacts.Builder facts, JsonNode pricing) {
        if (pricing.has(Prices.INPUT) || pricing.has(Prices.OUTPUT)) {
            pricing.properties().forEach(e -> {
                if (Said.isWord(e.getKey()) && !e.getKey().equals("discount")) {
                    JsonNode usd = e.getValue();
                    facts.price(e.getKey(), BY_PIECE.contains(e.getKey()) ? Said.usd(usd) : Said.usdAToken(usd));
                }
            });
        } else if (pricing.path("input").isNumber() && pricing.path("output").isNumber()) {
            // Together's zeros stand for "not priced by the token"
            if (pricing.path("input").decimalValue().signum() > 0) {
                facts.price(Prices.INPUT, byMillion(pricing.path("input")));
                facts.price(Prices.OUTPUT, byMillion(pricing.path("output")));
            }
        }
    }

    private static @Nullable BigDecimal byMillion(JsonNode value) {
        BigDecimal usd = Said.usd(value);
        return usd == null ? null : usd.divide(MILLION).stripTrailingZeros();
    }
}
