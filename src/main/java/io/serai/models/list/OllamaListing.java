package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.serai.models.ModelFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/tags} for the names, then {@code POST /api/show} for what each of them can do:
 * https://docs.ollama.com/api/tags and https://docs.ollama.com/api-reference/show-model-details.
 */
public final class OllamaListing extends Listing {
    /** Each is a request to a machine that has other work; who keeps more models sees names only for the rest. */
    private static final int MOST_SHOWN = 50;

    private static final Map<String, String> CAPABILITIES =
            Map.of("tools", "tool_calling", "vision", "vision", "thinking", "reasoning", "embedding", "embeddings");

    private final String endpoint;
    private final Deque<String> unseen = new ArrayDeque<>();
    private @Nullable String shown;
    private boolean tagged;

    OllamaListing(String endpoint) {
        super(Request.get(endpoint + "/api/tags"));
        this.endpoint = endpoint;
    }

    @Override
    @Nullable
    Request page(JsonNode answer) throws NoListException {
        if (!tagged) {
            if (!answer.path("models").isArray()) {
                throw new NoListException("broken_answer");
            }
            tagged = true;
            for (JsonNode model : answer.path("models")) {
                String name = model.path("name").asText(model.path("model").asText(""));
                if (add(name, ModelFacts.NONE) && unseen.size() < MOST_SHOWN) {
                    unseen.add(name);
                }
            }
        } else if (shown != null) {
            complete(shown, facts(answer));
        }
        return show();
    }

    /** A model may be gone since it was listed. */
    @Override
    public boolean goesOnWithout() {
        if (!tagged) {
            return false;
        }
        requests(show());
        return true;
    }

    private @Nullable Request show() {
        shown = unseen.poll();
        if (shown == null) {
            return null;
        }
        String body = JsonNodeFactory.instance.objectNode().put("model", shown).toString();
        return new Request(
                endpoint + "/api/show",
                Map.of("Content-Type", "application/json"),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static ModelFacts facts(JsonNode model) {
        ModelFacts.Builder facts = new ModelFacts.Builder();
        JsonNode info = model.path("model_info");
        info.fieldNames().forEachRemaining(name -> {
            if (name.endsWith(".context_length")) {
                facts.contextWindow(Said.tokens(info, name));
            }
        });
        List<String> capabilities = new ArrayList<>();
        for (String said : Said.words(model.path("capabilities"))) {
            String word = CAPABILITIES.get(said);
            if (word != null) {
                capabilities.add(word);
            }
        }
        return facts.capabilities(capabilities).build();
    }
}
