package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Every parameter of a chat besides messages and tools: those that Gemini has go into {@code generationConfig}
 * (https://ai.google.dev/api/generate-content#GenerationConfig), the others are named.
 */
final class GenerationConfig {
    private static final int STOPS = 5;
    private static final BigDecimal HOTTEST = BigDecimal.valueOf(2);

    /** Same meaning, other name. */
    private static final Map<String, String> RENAMED = Map.of(
            "temperature", "temperature",
            "top_p", "topP",
            "top_k", "topK",
            "seed", "seed",
            "presence_penalty", "presencePenalty",
            "frequency_penalty", "frequencyPenalty",
            "n", "candidateCount",
            "top_logprobs", "logprobs");

    /** Read here, elsewhere, or by the broker itself. */
    private static final Set<String> READ = Set.of(
            "model",
            "messages",
            "stream",
            "stream_options",
            "tools",
            "tool_choice",
            "functions",
            "function_call",
            "parallel_tool_calls",
            "reasoning_effort",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "response_format",
            "logprobs",
            "modalities",
            "audio",
            "service_tier",
            "extra_body",
            "google",
            "safety_settings",
            "safetySettings");

    private final ObjectMapper json;
    private final Parameters params;
    private final Attempt attempt;
    private final ObjectNode body;
    private final ObjectNode config;

    /** @param config takes the fields; what is in it already is the vendor's own word and stays */
    GenerationConfig(ObjectMapper json, Parameters params, Attempt attempt, ObjectNode config) {
        this.json = json;
        this.params = params;
        this.attempt = attempt;
        this.body = attempt.body();
        this.config = config;
    }

    void write(ObjectNode request) throws UpstreamException {
        for (Map.Entry<String, JsonNode> field : List.copyOf(body.properties())) {
            JsonNode value = field.getValue();
            String name = field.getKey();
            if (value.isNull()) {
                continue;
            }
            String there = RENAMED.get(name);
            if (there != null) {
                number(name, there, value);
            } else if (!READ.contains(name) && !saysNothing(name, value)) {
                params.adapted(attempt, name);
            }
        }
        JsonNode limit =
                body.hasNonNull("max_completion_tokens") ? body.get("max_completion_tokens") : body.path("max_tokens");
        if (limit.isNumber()) {
            config.set("maxOutputTokens", limit);
        }
        if (body.hasNonNull("max_completion_tokens") && body.hasNonNull("max_tokens")) {
            params.adapted(attempt, "max_tokens");
        }
        stop(body.path("stop"));
        format(body.path("response_format"));
        if (body.path("logprobs").asBoolean()) {
            config.put("responseLogprobs", true);
        }
        speech();
        tier(request);
    }

    private void number(String name, String there, JsonNode value) throws UpstreamException {
        if (!value.isNumber()) {
            throw Parameters.invalid(name, "'" + name + "' must be a number.");
        }
        boolean tooHot = name.equals("temperature") && value.decimalValue().compareTo(HOTTEST) > 0;
        boolean tooCold = name.equals("temperature") && value.decimalValue().signum() < 0;
        if (tooHot || tooCold) {
            params.adapted(attempt, name);
            config.put(there, tooHot ? 2 : 0);
        } else if (name.equals("n") && value.asInt() == 1) {
            return; // one answer is what comes anyway
        } else {
            config.set(there, value);
        }
    }

    /** Asks for what happens anyway. */
    private static boolean saysNothing(String name, JsonNode value) {
        return value.isContainerNode() && value.isEmpty() || name.equals("store") && !value.asBoolean();
    }

    private void stop(JsonNode stop) throws UpstreamException {
        Set<String> texts = new LinkedHashSet<>();
        if (stop.isTextual()) {
            texts.add(stop.asText());
        }
        stop.forEach(text -> texts.add(text.asText()));
        texts.remove("");
        if (texts.size() > STOPS) {
            params.adapted(attempt, "stop");
        }
        if (!texts.isEmpty()) {
            ArrayNode there = config.putArray("stopSequences");
            texts.stream().limit(STOPS).forEach(there::add);
        }
    }

    private void format(JsonNode format) throws UpstreamException {
        switch (format.path("type").asText("text")) {
            case "text" -> {}
            case "json_object" -> config.put("responseMimeType", "application/json");
            case "json_schema" -> {
                JsonNode named = format.path("json_schema");
                config.put("responseMimeType", "application/json");
                if (named.path("schema").isObject()) {
                    Set<String> unenforced = new LinkedHashSet<>();
                    ObjectNode schema = new JsonSchema(json, named.get("schema"), unenforced).rewritten();
                    for (String keyword : unenforced) {
                        params.adapted(attempt, "response_format.json_schema.schema." + keyword);
                    }
                    for (String hint : List.of("description", "name")) {
                        String there = hint.equals("name") ? "title" : hint;
                        if (named.path(hint).isTextual() && !schema.has(there) && !schema.has("$ref")) {
                            schema.set(there, named.get(hint));
                        }
                    }
                    config.set("responseJsonSchema", schema);
                }
            }
            default ->
                throw Parameters.refused(
                        attempt, "response_format.type", "Gemini knows text, json_object and json_schema.");
        }
    }

    private void speech() throws UpstreamException {
        JsonNode modalities = body.path("modalities");
        boolean spoken = false;
        if (modalities.isArray()
                && !(modalities.size() == 1 && modalities.get(0).asText().equals("text"))) {
            ArrayNode there = config.putArray("responseModalities");
            for (JsonNode modality : modalities) {
                there.add(modality.asText().toUpperCase(Locale.ROOT));
                spoken |= modality.asText().equals("audio");
            }
        }
        JsonNode audio = body.path("audio");
        if (spoken && audio.path("voice").isTextual()) {
            config.putObject("speechConfig")
                    .putObject("voiceConfig")
                    .putObject("prebuiltVoiceConfig")
                    .set("voiceName", audio.get("voice"));
        }
        if (spoken && !audio.path("format").asText("pcm16").equals("pcm16")) {
            params.adapted(attempt, "audio.format"); // Gemini speaks in PCM only
        }
        if (audio.isObject() && !spoken) {
            params.adapted(attempt, "audio");
        }
    }

    private void tier(ObjectNode request) throws UpstreamException {
        String tier = body.path("service_tier").asText("auto");
        switch (tier) {
            case "auto" -> {}
            case "default" -> request.put("serviceTier", "standard");
            case "flex", "priority" -> {
                request.put("serviceTier", tier);
                attempt.servedIn(tier); // its answers don't say
            }
            default -> params.adapted(attempt, "service_tier");
        }
    }
}
