package io.serai.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes chunks in OpenAI's shape ({@code chat.completion.chunk}) for the translators of other vendors' events. One stream,
 * one thread; a choice's first chunk says its role, and nobody has to ask for that.
 */
public final class ChunkWriter {
    private final ObjectMapper json;
    private final JsonFactory factory;
    private final boolean usageNull;
    private final Bytes out = new Bytes();
    private final ChunkFacts facts = new ChunkFacts();
    private final BitSet opened = new BitSet();
    private final long created = Instant.now().getEpochSecond();
    private String id;
    private String model;

    /**
     * @param id of the answer until {@link #named} says the provider's own
     * @param model likewise
     * @param usageNull whether chunks carry {@code usage: null} before the one with figures, as for a client that asked for it
     */
    public ChunkWriter(ObjectMapper json, String id, String model, boolean usageNull) {
        this.json = json;
        this.factory = json.getFactory();
        this.id = id;
        this.model = model;
        this.usageNull = usageNull;
    }

    /** The provider's names for the answer and the model; null leaves what was. */
    public void named(@Nullable String answerId, @Nullable String servedModel) {
        id = answerId == null ? id : answerId;
        model = servedModel == null ? model : servedModel;
    }

    /** Writes what goes into a delta. */
    @FunctionalInterface
    private interface Delta {
        void write(JsonGenerator g) throws IOException;
    }

    public void role(int choice, ChunkSink sink) {
        if (!opened.get(choice)) {
            opened.set(choice);
            facts.clear();
            chunk(choice, null, sink, g -> {
                g.writeStringField("role", "assistant");
                g.writeStringField("content", "");
            });
        }
    }

    public void text(int choice, String text, ChunkSink sink) {
        string(choice, "content", text, sink);
    }

    /**
     * Text with how likely its tokens were; the likelihoods may come without text.
     *
     * @param logprobs in OpenAI's shape; a null node for none
     */
    public void text(int choice, String text, JsonNode logprobs, ChunkSink sink) {
        if (logprobs.isNull()) {
            text(choice, text, sink);
            return;
        }
        role(choice, sink);
        begin(text.length());
        chunk(choice, logprobs, null, sink, g -> g.writeStringField("content", text));
    }

    public void reasoning(int choice, String text, ChunkSink sink) {
        string(choice, "reasoning_content", text, sink);
    }

    public void refusal(int choice, String text, ChunkSink sink) {
        string(choice, "refusal", text, sink);
    }

    private void string(int choice, String field, String text, ChunkSink sink) {
        if (text.isEmpty()) {
            return;
        }
        role(choice, sink);
        begin(text.length());
        chunk(choice, null, sink, g -> g.writeStringField(field, text));
    }

    /**
     * The beginning of a tool call.
     *
     * @param index counts the choice's tool calls from 0
     * @param arguments what is known of them, often empty
     * @param extra a further field of the call, such as a signature; null for none
     */
    public void toolCall(
            int choice,
            int index,
            String callId,
            String name,
            String arguments,
            @Nullable String extraName,
            @Nullable JsonNode extra,
            ChunkSink sink) {
        role(choice, sink);
        begin(name.length() + arguments.length());
        chunk(choice, null, sink, g -> {
            g.writeArrayFieldStart("tool_calls");
            g.writeStartObject();
            g.writeNumberField("index", index);
            g.writeStringField("id", callId);
            g.writeStringField("type", "function");
            g.writeObjectFieldStart("function");
            g.writeStringField("name", name);
            g.writeStringField("arguments", arguments);
            g.writeEndObject();
            if (extraName != null && extra != null) {
                g.writeFieldName(extraName);
                json.writeTree(g, extra);
            }
            g.writeEndObject();
            g.writeEndArray();
        });
    }

    /** The next piece of a tool call's arguments. */
    public void arguments(int choice, int index, String piece, ChunkSink sink) {
        if (piece.isEmpty()) {
            return;
        }
        begin(piece.length());
        chunk(choice, null, sink, g -> {
            g.writeArrayFieldStart("tool_calls");
            g.writeStartObject();
            g.writeNumberField("index", index);
            g.writeObjectFieldStart("function");
            g.writeStringField("arguments", piece);
            g.writeEndObject();
            g.writeEndObject();
            g.writeEndArray();
        });
    }

    /**
     * Any other field of a delta.
     *
     * @param meaningful whether a client could act on it, so that the stream is committed
     */
    public void field(int choice, String name, JsonNode value, boolean meaningful, ChunkSink sink) {
        role(choice, sink);
        facts.clear();
        facts.meaningful = meaningful;
        chunk(choice, null, sink, g -> {
            g.writeFieldName(name);
            json.writeTree(g, value);
        });
    }

    /** The end of a choice. */
    public void finish(int choice, String reason, ChunkSink sink) {
        role(choice, sink);
        facts.clear();
        facts.meaningful = true;
        facts.finished = true;
        chunk(choice, reason, sink, g -> {});
    }

    /** The chunk that only says what was used. */
    public void usage(Usage usage, ChunkSink sink) {
        facts.clear();
        facts.usage = usage;
        facts.noChoices = true;
        facts.model = model;
        write(sink, g -> {
            g.writeArrayFieldStart("choices");
            g.writeEndArray();
            g.writeFieldName("usage");
            json.writeTree(g, usage.toOpenAi());
        });
    }

    private void begin(int chars) {
        facts.clear();
        facts.meaningful = true;
        facts.outputChars = chars;
    }

    private void chunk(int choice, @Nullable String finish, ChunkSink sink, Delta delta) {
        chunk(choice, null, finish, sink, delta);
    }

    private void chunk(int choice, @Nullable JsonNode logprobs, @Nullable String finish, ChunkSink sink, Delta delta) {
        facts.model = model;
        write(sink, g -> {
            g.writeArrayFieldStart("choices");
            g.writeStartObject();
            g.writeNumberField("index", choice);
            g.writeObjectFieldStart("delta");
            delta.write(g);
            g.writeEndObject();
            if (logprobs != null) {
                g.writeFieldName("logprobs");
                json.writeTree(g, logprobs);
            }
            g.writeStringField("finish_reason", finish);
            g.writeEndObject();
            g.writeEndArray();
            if (usageNull) {
                g.writeNullField("usage");
            }
        });
    }

    private void write(ChunkSink sink, Delta rest) {
        out.reset();
        try (JsonGenerator g = factory.createGenerator(out)) {
            g.writeStartObject();
            g.writeStringField("id", id);
            g.writeStringField("object", "chat.completion.chunk");
            g.writeNumberField("created", created);
            g.writeStringField("model", model);
            rest.write(g);
            g.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("Memory does not fail", e);
        }
        sink.chunk(out.array(), 0, out.size(), facts);
    }

    /** Bytes that can be read without a copy. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes() {
            super(512);
        }

        byte[] array() {
            return buf;
        }
    }
}
