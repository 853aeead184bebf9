package io.serai.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.UTF8JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A long JSON string that is kept as the bytes it came in, between its quotes and still escaped, and decoded when someone
 * asks for its text. Most prompts are passed on and never looked at.
 */
public final class LongText extends ValueNode {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Admission bounds the size; Jackson's own bound would refuse a picture of 20 MB. */
    private static final ObjectMapper DECODER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool()) // virtual threads live for one request
            .build());

    private final transient byte[] json;
    private final int from;
    private final int to;
    private transient volatile @Nullable String text;

    /**
     * @param json holds the string with its quotes from {@code from} to {@code to}; it was checked, and will not change
     */
    LongText(byte[] json, int from, int to) {
        this.json = json;
        this.from = from;
        this.to = to;
    }

    /** Bytes of the string as it stands in JSON, without the quotes. */
    public int size() {
        return to - from - 2;
    }

    /** Feeds its bytes, as they stand in JSON, to a hash. */
    public void digest(MessageDigest hash) {
        hash.update(json, from + 1, size());
    }

    /** Its first characters, for a text that is known to be ASCII without other escapes than {@code \/}, such as base64. */
    public String head(int most) {
        return new String(json, from + 1, Math.min(size(), most), StandardCharsets.ISO_8859_1).replace("\\/", "/");
    }

    @Override
    public String textValue() {
        String known = text;
        if (known == null) {
            try {
                known = DECODER.readValue(json, from, to - from, String.class);
            } catch (IOException e) {
                throw new IllegalStateException("It was read before", e);
            }
            text = known;
        }
        return known;
    }

    @Override
    public String asText() {
        return textValue();
    }

    @Override
    public JsonNodeType getNodeType() {
        return JsonNodeType.STRING;
    }

    @Override
    public JsonToken asToken() {
        return JsonToken.VALUE_STRING;
    }

    /** Whether it is ASCII without escapes, so that any reader and any writer of JSON spells it as it stands. */
    boolean isPlain() {
        for (int i = from + 1; i < to - 1; i++) {
            if (json[i] < ' ' || json[i] == '\\') { // bytes from 0x80 on are negative
                return false;
            }
        }
        return true;
    }

    @Override
    public void serialize(JsonGenerator generator, SerializerProvider provider) throws IOException {
        write(generator);
    }

    void write(JsonGenerator generator) throws IOException {
        if (generator instanceof UTF8JsonGenerator) {
            generator.writeRawUTF8String(json, from + 1, size());
        } else {
            generator.writeString(textValue());
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonNode node && node.isTextual() && textValue().equals(node.textValue());
    }

    @Override
    public int hashCode() {
        return textValue().hashCode();
    }

    @Override
    public String toString() {
        try {
            return DECODER.writeValueAsString(textValue());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
