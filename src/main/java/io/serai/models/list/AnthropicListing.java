package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.models.ModelFacts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/models}, page by page: https://platform.claude.com/docs/en/api/models/list. Older answers hold ids and names
 * only.
 */
public final class AnthropicListing extends Listing {
    /** The vendor's own bound for a page. */
    private static final String PATH = "/v1/models?limit=1000";

    private static final Map<String, String> CAPABILITIES =
            Map.of("image_input", "vision", "structured_outputs", "json_schema", "thinking", "reasoning");

    private final String endpoint;
    private final Map<String, String> version;

    /** @param apiVersion null: what an operator's {@code headers} say */
    AnthropicListing(String endpoint, @Nullable String apiVersion) {
        this(endpoint, apiVersion == null ? Map.of() : Map.of("anthropic-version", apiVersion));
    }

    private AnthropicListing(String endpoint, Map<String, String> version) {
        super(new Request(endpoint + PATH, version, null));
        this.endpoint = endpoint;
        this.version = version;
    }

    @Override
    @Nullable
    Request page(JsonNode answer) throws NoListException {
        if (!answer.path("data").isArray()) {
            throw new NoListException("broken_answer");
        }
        boolean news = false;
        for (JsonNode model : answer.path("data")) {
            news |= add(model.path("id").asText(""), facts(model));
        }
        String last = answer.path("last_id").asText("");
        return news && answer.path("has_more").asBoolean(false) && !last.isEmpty()
                ? new Request(
                        endpoint + PATH + "&after_id=" + URLEncoder.encode(last, StandardCharsets.UTF_8), version, null)
                : null;
    }

    private static ModelFacts facts(JsonNode model) {
        List<String> capabilities = new ArrayList<>();
        JsonNode said = model.path("capabilities");
        CAPABILITIES.forEach((name, word) -> {
            if (said.path(name).path("supported").asBoolean(false)) {
                capabilities.add(word);
            }
        });
        capabilities.sort(null);
        List<String> input = new ArrayList<>();
        if (said.isObject()) {
            input.add("text");
            if (capabilities.contains("vision")) {
                input.add("image");
            }
            if (said.path("pdf_input").path("supported").asBoolean(false)) {
                input.add("file");
            }
        }
        return new ModelFacts.Builder()
                .contextWindow(Said.tokens(model, "max_input_tokens"))
                .maxOutputTokens(Said.tokens(model, "max_tokens"))
                .capabilities(capabilities)
                .modalities(input, input.isEmpty() ? List.of() : List.of("text"))
                .description(Said.text(model.path("display_name")))
                .build();
    }
}
