package io.serai.provider.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.stream.ChunkFacts;
import io.serai.stream.ChunkSink;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's chunks as they are: read token by token for the few facts that the engine needs, and passed on untouched. A tree
 * is built only of {@code usage} and of an error.
 */
final class OpenAiChunks implements StreamTranslator {
    /** OpenAI's bound of {@code n}. */
    private static final int MOST_CHOICES = 128;

    private final ObjectMapper json;
    private final ObjectReader parts;
    private final Attempt attempt;
    private boolean tierKnown;
    private final ChunkFacts facts = new ChunkFacts();
    private final @Nullable String shownModel;
    private final @Nullable ToolNames names;
    /** As many as the request asks for. */
    private final int choices;

    private final BitSet begun = new BitSet();
    private final BitSet ended = new BitSet();
    private @Nullable JsonNode error;
    /** vLLM's way: {@code {"object": "error", "message": ...}}. */
    private boolean errorItself;
    /** A delta's content is a list, as Mistral's. */
    private boolean listed;

    /**
     * @param shownModel what the client is to see as the model; null: what the provider says
     * @param names the tools whose names went out shorter than they are; null for none
     */
    OpenAiChunks(ObjectMapper json, Attempt attempt, @Nullable String shownModel, @Nullable ToolNames names) {
        this.json = json;
        this.names = names;
        this.parts = json.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.attempt = attempt;
        this.shownModel = shownModel;
        this.choices = attempt.body().path("n").asInt(1);
    }

    @Override
    public @Nullable String shownModel() {
        return shownModel;
    }

    @Override
    public void event(@Nullable String type, byte[] data, int from, int to, ChunkSink sink) {
        if (isDone(data, from, to)) {
            sink.done();
            return;
        }
        facts.clear();
        error = null;
        errorItself = false;
        listed = false;
        try (JsonParser parser = json.getFactory().createParser(data, from, to - from)) {
            read(parser);
            if (errorItself) {
                error = parts.readTree(data, from, to - from);
            }
        } catch (IOException e) {
            sink.failed(new UpstreamFailure.BrokenAnswer(200, "The provider sent an event that is not JSON"));
            return;
        }
        if (error != null) {
            ObjectNode body = json.createObjectNode();
            body.set("error", error);
            sink.failed(new OpenAiErrors(json).ofBody(attempt, OpenAiErrors.statusIn(error), Map.of(), body));
            return;
        }
        if (!listed && names == null && (shownModel == null || facts.model == null)) {
            sink.chunk(data, from, to, facts);
        } else {
            byte[] renamed = renamed(data, from, to);
            sink.chunk(renamed, 0, renamed.length, facts);
        }
    }

    private byte[] renamed(byte[] data, int from, int to) {
        try {
            ObjectNode chunk = (ObjectNode) json.readTree(data, from, to - from);
            if (shownModel != null && facts.model != null) {
                chunk.put("model", shownModel);
            }
            if (names != null) {
                names.restore(chunk);
            }
            if (listed) {
                ContentParts.join(chunk);
            }
            if (!attempt.call().usageWanted()) {
                chunk.remove("usage");
            }
            facts.usageTo = 0; // for another place or none
            return JsonBytes.of(json, chunk);
        } catch (IOException e) {
            throw new IllegalStateException("It was read before", e);
        }
    }

    static boolean isDone(byte[] data, int from, int to) {
        return to - from >= 6
                && data[from] == '['
                && data[from + 1] == 'D'
                && data[from + 2] == 'O'
                && data[from + 3] == 'N'
                && data[from + 4] == 'E'
                && data[from + 5] == ']';
    }

    private void read(JsonParser p) throws IOException {
        if (p.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("not an object");
        }
        facts.noChoices = true;
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            int usageFrom =
                    name.equals("usage") ? (int) p.currentTokenLocation().getByteOffset() : 0;
            JsonToken value = p.nextToken();
            switch (name) {
                case "choices" -> choices(p, value);
                case "usage" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        facts.usage = Usage.ofOpenAi(parts.readTree(p));
                    }
                    facts.usageFrom = usageFrom;
                    facts.usageTo = (int) p.currentLocation().getByteOffset();
                }
                case "error" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        error = parts.readTree(p);
                    }
                }
                case "object" ->
                    errorItself = value == JsonToken.VALUE_STRING
                            && p.getTextLength() == 5 // of "error"; no chunk's own text is made
                            && p.getText().equals("error");
                case "model" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        facts.model = p.getText();
                    }
                }
                case "service_tier" -> {
                    if (value == JsonToken.VALUE_STRING && !tierKnown) {
                        tierKnown = true;
                        attempt.servedIn(p.getText());
                    }
                }
                default -> p.skipChildren();
            }
        }
        if (p.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("cut short");
        }
        if (p.nextToken() != null) {
            throw new IOException("something follows");
        }
    }

    private void choices(JsonParser p, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            p.skipChildren();
            return;
        }
        while (p.nextToken() == JsonToken.START_OBJECT) {
            facts.noChoices = false;
            int index = 0;
            boolean finish = false;
            while (p.nextToken() == JsonToken.FIELD_NAME) {
                String name = p.currentName();
                JsonToken field = p.nextToken();
                if (name.equals("delta") && field == JsonToken.START_OBJECT) {
                    delta(p);
                } else if (name.equals("finish_reason") && field == JsonToken.VALUE_STRING) {
                    finish = true;
                    facts.meaningful = true;
                } else if (name.equals("index") && field == JsonToken.VALUE_NUMBER_INT) {
                    index = Math.clamp(p.getLongValue(), 0, MOST_CHOICES);
                } else {
                    p.skipChildren();
                }
            }
            begun.set(index);
            if (finish) {
                ended.set(index);
                facts.finished = ended.cardinality() >= Math.max(choices, begun.cardinality());
            }
        }
    }

    private void delta(JsonParser p) throws IOException {
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            JsonToken field = p.nextToken();
            if (field == JsonToken.VALUE_STRING) {
                if (!name.equals("role") && p.getTextLength() > 0) {
                    facts.meaningful = true;
                    facts.outputChars += p.getTextLength();
                }
            } else if (field == JsonToken.START_ARRAY || field == JsonToken.START_OBJECT) {
                listed |= field == JsonToken.START_ARRAY && name.equals("content");
                // tool_calls, reasoning_details, images, audio: an empty one says nothing
                long start = p.currentTokenLocation().getByteOffset();
                JsonToken first = p.nextToken();
                if (first != JsonToken.END_ARRAY && first != JsonToken.END_OBJECT) {
                    facts.meaningful = true;
                    skipRest(p, first);
                    facts.outputChars += (int) (p.currentTokenLocation().getByteOffset() - start);
                }
            }
        }
    }

    /** Moves to the end of the array or object whose first inner token is the current one. */
    private static void skipRest(JsonParser p, JsonToken first) throws IOException {
        int depth = 1;
        JsonToken token = first;
        while (true) {
            if (token == null) {
                throw new IOException("cut short");
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd() && --depth == 0) {
                return;
            }
            token = p.nextToken();
        }
    }
}
