package io.serai.provider.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.embedding.Sentences;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.provider.Vectors;
import io.serai.stream.StreamTranslator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Embeddings inside the broker. The request's texts stay where they are; the answer of {@link EmbedTexts} is the number of
 * tokens (8 bytes) and the vectors' floats behind it, little-endian.
 */
public final class LocalEmbeddings implements Adapter {
    /** OpenAI's limit for one request (API reference, create embeddings). */
    private static final int MOST_TEXTS = 2048;

    private final ObjectMapper json;
    private final Parameters params;

    public LocalEmbeddings(ObjectMapper json, Settings settings) {
        this.json = json;
        this.params = new Parameters(settings);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        if (!attempt.target().model().equals(Sentences.MODEL)) {
            throw new UpstreamException(UpstreamFailure.Rejected.operation(
                    "The built-in model that makes embeddings is local/" + Sentences.MODEL + "."));
        }
        for (String field : attempt.body().properties().stream()
                .filter(f -> !f.getValue().isNull())
                .map(Map.Entry::getKey)
                .toList()) {
            boolean known = switch (field) {
                case "model", "input", "encoding_format" -> true;
                case "dimensions" -> attempt.body().path(field).asInt() == Sentences.DIMENSIONS;
                default -> false;
            };
            if (!known) {
                params.adapted(attempt, field);
            }
        }
        JsonNode input = attempt.body().path("input");
        if (input.size() > MOST_TEXTS) {
            throw Parameters.refused(attempt, "input", "It takes " + MOST_TEXTS + " texts at once.");
        }
        for (JsonNode one : input) {
            if (!one.isTextual()) {
                throw Parameters.refused(attempt, "input", "It takes text, not tokens.");
            }
        }
        attempt.prepared(new byte[0]);
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
        long tokens = bytes.getLong();
        Usage usage = new Usage.Builder().inFresh(tokens).build();
        attempt.reported(usage);
        attempt.servedAs(Sentences.MODEL);
        ObjectNode body = json.createObjectNode().put("object", "list");
        ArrayNode data = body.putArray("data");
        while (bytes.hasRemaining()) {
            float[] vector = new float[Sentences.DIMENSIONS];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = bytes.getFloat();
            }
            data.addObject()
                    .put("object", "embedding")
                    .put("index", data.size() - 1)
                    .set("embedding", Vectors.node(vector, attempt.body()));
        }
        body.put("model", Sentences.MODEL);
        body.putObject("usage").put("prompt_tokens", usage.input()).put("total_tokens", usage.input());
        return body;
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        String message = new String(answer.body(), StandardCharsets.UTF_8);
        return answer.status() == EmbedTexts.NEVER
                ? UpstreamFailure.Rejected.operation(message)
                : new UpstreamFailure.Overloaded(answer.status(), message, null);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        throw new IllegalStateException("Embeddings are not streamed");
    }
}
