package io.serai.provider.ollama;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.provider.Vectors;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Embeddings at Ollama: {@code POST /api/embed}. An input that is too long is refused, not cut. */
public final class OllamaEmbeddings implements Adapter {
    private static final String PATH = "/api/embed";

    private final ObjectMapper json;
    private final Parameters params;
    private final OllamaErrors errors;
    private final ObjectReader parts;

    public OllamaEmbeddings(ObjectMapper json, Settings settings) {
        this.json = json;
        this.params = new Parameters(settings);
        this.errors = new OllamaErrors(json);
        this.parts = json.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
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
        ObjectNode tree;
        ArrayNode data = json.createArrayNode();
        try (JsonParser parser = json.getFactory().createParser(answer.body())) {
            tree = tree(parser, data, attempt.body(), answer.body());
        } catch (IOException | IllegalArgumentException e) {
            throw broken("The provider's answer is not whole JSON, or holds something else than vectors");
        }
        if (tree.has("error")) {
            throw new UpstreamException(errors.ofBody(attempt, OllamaErrors.UNSAID, answer.headers(), tree));
        }
        JsonNode input = attempt.body().path("input");
        int asked = input.isArray() ? input.size() : 1;
        if (data.size() != asked) {
            throw broken("The provider's answer holds " + data.size() + " vectors for " + asked + " inputs");
        }
        JsonNode tokens = tree.path("prompt_eval_count");
        Usage usage = tokens.isNumber()
                ? new Usage.Builder().inFresh(tokens.asLong()).build()
                : Usage.estimate(attempt.counter().counted(), 0);
        attempt.reported(usage);
        attempt.servedAs(tree.path("model").asText(attempt.target().model()));
        ObjectNode body = json.createObjectNode().put("object", "list");
        body.set("data", data);
        body.put("model", attempt.servedModel());
        body.putObject("usage").put("prompt_tokens", usage.input()).put("total_tokens", usage.input());
        return body;
    }

    /** The answer without its vectors, which go to {@code data} in the form that the request wants. */
    private ObjectNode tree(JsonParser parser, ArrayNode data, ObjectNode request, byte[] bytes) throws IOException {
        ObjectNode rest = json.createObjectNode();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.START_ARRAY || !name.equals("embeddings")) {
                rest.set(name, parts.readTree(parser));
                continue;
            }
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                data.addObject()
                        .put("object", "embedding")
                        .put("index", data.size() - 1)
                        .set("embedding", vector(parser, request, bytes));
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new IOException("cut short, or something follows");
        }
        return rest;
    }

    /** Numbers stay the text that they came as: a batch has millions of them. */
    private JsonNode vector(JsonParser parser, ObjectNode request, byte[] bytes) throws IOException {
        if (Vectors.asBase64(request)) {
            return Vectors.node(Vectors.floats(parts.readTree(parser)), request);
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        return json.getNodeFactory()
                .rawValueNode(new RawValue(new String(bytes, from, to - from, StandardCharsets.UTF_8)));
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return errors.of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        throw new IllegalStateException("Embeddings are not streamed");
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }
}
