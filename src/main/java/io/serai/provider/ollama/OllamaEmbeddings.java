package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.Map;

/** Embeddings at Ollama: {@code POST /api/embed}. An input that is too long is refused, not cut. */
public final class OllamaEmbeddings implements Adapter {
    private static final String PATH = "/api/embed";

    private final ObjectMapper json;
    private final Parameters params;
    private final OllamaErrors errors;

    public OllamaEmbeddings(ObjectMapper json, Settings settings) {
        this.json = json;
        this.params = new Parameters(settings);
        this.errors = new OllamaErrors(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        ObjectNode out = json.createObjectNode().put("model", attempt.target().model());
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                continue;
            }
            switch (field.getKey()) {
                case "model", "encoding_format" -> {} // the encoding is the broker's to make
                case "input" -> out.set("input", input(attempt, value));
                case "dimensions", "keep_alive", "options", "truncate" -> out.set(field.getKey(), value);
                default -> params.adapted(attempt, field.getKey());
            }
        }
        if (!out.has("truncate")) {
            out.put("truncate", false);
        }
        attempt.addressed(attempt.target().provider().endpoint() + PATH);
        attempt.prepared(JsonBytes.of(json, out));
    }

    private ArrayNode input(Attempt attempt, JsonNode input) throws UpstreamException {
        if (!input.isArray()) {
            return json.createArrayNode().add(input);
        }
        for (JsonNode one : input) {
            if (!one.isTextual()) {
                throw Parameters.refused(attempt, "input", "It takes text, not tokens.");
            }
        }
        return (ArrayNode) input;
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (tree.has("error")) {
            throw new UpstreamException(errors.ofBody(attempt, OllamaErrors.UNSAID, answer.headers(), tree));
        }
        JsonNode input = attempt.body().path("input");
        int asked = input.isArray() ? input.size() : 1;
        JsonNode vectors = tree.path("embeddings");
        if (!vectors.isArray() || vectors.size() != asked) {
            throw broken("The provider's answer holds " + vectors.size() + " vectors for " + asked + " inputs");
        }
        JsonNode tokens = tree.path("prompt_eval_count");
        attempt.reported(
                tokens.isNumber()
                        ? new Usage.Builder().inFresh(tokens.asLong()).build()
                        : Usage.estimate(attempt.payloadBytes(), 0));
        attempt.servedAs(tree.path("model").asText(attempt.target().model()));
        return list(attempt, vectors);
    }

    private ObjectNode list(Attempt attempt, JsonNode vectors) {
        ObjectNode body = json.createObjectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (JsonNode vector : vectors) {
            data.addObject()
                    .put("object", "embedding")
                    .put("index", data.size() - 1)
                    .set("embedding", vector);
        }
        body.put("model", attempt.servedModel());
        Usage usage = attempt.usage() == null ? Usage.NONE : attempt.usage();
        body.putObject("usage").put("prompt_tokens", usage.input()).put("total_tokens", usage.input());
        return body;
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return errors.of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        throw new IllegalStateException("Embeddings are never streamed");
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }
}
