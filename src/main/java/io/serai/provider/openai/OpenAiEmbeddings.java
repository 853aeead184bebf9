package io.serai.provider.openai;

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
import io.serai.provider.Vectors;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Embeddings as OpenAI takes and gives them. A list of numbers stays the text that it came as: a batch of two thousand vectors
 * has millions of numbers, and as a tree they would take twenty times the room.
 */
public final class OpenAiEmbeddings implements Adapter {
    private final ObjectMapper json;
    private final ObjectReader parts;
    private final WireFields fields;
    private final OpenAiAnswers answers;

    public OpenAiEmbeddings(ObjectMapper json, Settings settings) {
        this.json = json;
        this.parts = json.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.fields = new WireFields(settings);
        this.answers = new OpenAiAnswers(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        attempt.addressed(OperationUrl.of(attempt));
        fields.adapt(attempt);
        attempt.prepared(JsonBytes.of(json, attempt.body()));
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        answers.requireJson(answer);
        ObjectNode body;
        try (JsonParser parser = json.getFactory().createParser(answer.body())) {
            body = new Cursor(parser, answer.body(), attempt.body()).answer();
        } catch (IOException e) {
            throw OpenAiAnswers.broken("The provider's answer is not whole JSON");
        }
        answers.refuseError(attempt, answer, body);
        if (!(body.get("data") instanceof ArrayNode data) || data.isEmpty()) {
            throw OpenAiAnswers.broken("The provider's answer holds no vectors");
        }
        Usage reported = Usage.ofOpenAi(body.get("usage"));
        attempt.reported(
                reported != null ? reported : Usage.estimate(attempt.counter().counted(), 0));
        String model = body.path("model").asText(attempt.target().model());
        attempt.servedAs(model);
        body.put("model", model);
        if (!body.has("object")) {
            body.put("object", "list");
        }
        return body;
    }

    /** Reads one answer token by token. */
    private final class Cursor {
        private final JsonParser parser;
        private final byte[] bytes;
        private final ObjectNode request;

        Cursor(JsonParser parser, byte[] bytes, ObjectNode request) {
            this.parser = parser;
            this.bytes = bytes;
            this.request = request;
        }

        ObjectNode answer() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not an object");
            }
            ObjectNode body = json.createObjectNode();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                body.set(name, name.equals("data") && value == JsonToken.START_ARRAY ? data() : parts.readTree(parser));
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new IOException("cut short, or something follows");
            }
            return body;
        }

        private ArrayNode data() throws IOException {
            ArrayNode data = json.createArrayNode();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                ObjectNode item = data.addObject();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    item.set(name, name.equals("embedding") ? vector() : parts.readTree(parser));
                }
            }
            if (parser.currentToken() != JsonToken.END_ARRAY) {
                throw new IOException("not a list of objects");
            }
            return data;
        }

        /** As it came, where it came in the form that was asked for; some providers know only one. */
        private JsonNode vector() throws IOException {
            boolean base64 = Vectors.asBase64(request);
            if (parser.currentToken() == JsonToken.START_ARRAY && !base64) {
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                int to = (int) parser.currentLocation().getByteOffset();
                return json.getNodeFactory()
                        .rawValueNode(new RawValue(new String(bytes, from, to - from, StandardCharsets.UTF_8)));
            }
            JsonNode vector = parts.readTree(parser);
            if (vector.isTextual() == base64) {
                return vector;
            }
            try {
                return Vectors.node(Vectors.floats(vector), request);
            } catch (IllegalArgumentException e) {
                throw new IOException("not a vector", e);
            }
        }
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return new OpenAiErrors(json).of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        throw new IllegalStateException("Embeddings are not streamed");
    }
}
