package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.models.ModelFacts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1beta/models}, page by page: https://ai.google.dev/api/models#method:-models.list. */
public final class GoogleListing extends Listing {
    /** The vendor's own bound for a page. */
    private static final String PATH = "/v1beta/models?pageSize=1000";

    private static final String PREFIX = "models/";

    private final String endpoint;

    GoogleListing(String endpoint) {
        super(Request.get(endpoint + PATH));
        this.endpoint = endpoint;
    }

    @Override
    @Nullable
    Request page(JsonNode answer) throws NoListException {
        if (!answer.path("models").isArray()) {
            throw new NoListException("broken_answer");
        }
        boolean news = false;
        for (JsonNode model : answer.path("models")) {
            String name = model.path("name").asText("");
            String id = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
            news |= add(id, facts(model));
        }
        String token = answer.path("nextPageToken").asText("");
        return news && !token.isEmpty()
                ? Request.get(endpoint + PATH + "&pageToken=" + URLEncoder.encode(token, StandardCharsets.UTF_8))
                : null;
    }

    private static ModelFacts facts(JsonNode model) {
        List<String> methods = Said.words(model.path("supportedGenerationMethods"));
        List<String> capabilities = new ArrayList<>();
        if (methods.contains("embedContent")) {
            capabilities.add("embeddings");
        }
        if (model.path("thinking").asBoolean(false)) {
            capabilities.add("reasoning");
        }
        return new ModelFacts.Builder()
                .contextWindow(Said.tokens(model, "inputTokenLimit"))
                .maxOutputTokens(Said.tokens(model, "outputTokenLimit"))
                .capabilities(capabilities)
                .description(Said.text(model.path("description")))
                .build();
    }
}
