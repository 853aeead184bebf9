package io.serai.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/**
 * Vectors in the two forms of {@code encoding_format}: a list of numbers ({@code float}, the default), or the base64 of
 * little-endian 32-bit floats, which OpenAI's own clients ask for without being told.
 */
public final class Vectors {
    private Vectors() {}

    /** Whether an embeddings request wants base64. */
    public static boolean asBase64(ObjectNode request) {
        return "base64".equals(request.path("encoding_format").asText());
    }

    /** A vector in the form that the request wants. */
    public static JsonNode node(float[] vector, ObjectNode request) {
        return asBase64(request) ? TextNode.valueOf(base64(vector)) : list(vector);
    }

    /** The bytes of the floats, four each, little-endian, in base64. */
    public static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    public static ArrayNode list(float[] vector) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode(vector.length);
        for (float value : vector) {
            list.add(value);
        }
        return list;
    }

    /**
     * Reads either form.
     *
     * @throws IllegalArgumentException when it is neither a list of numbers nor such a base64 text
     */
    public static float[] floats(JsonNode vector) {
        if (vector.isTextual()) {
            byte[] bytes = Base64.getDecoder().decode(vector.asText());
            if (bytes.length % Float.BYTES != 0) {
                throw new IllegalArgumentException("not whole floats");
            }
            float[] floats = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(floats);
            return floats;
        }
        if (!vector.isArray()) {
            throw new IllegalArgumentException("not a list");
        }
        float[] floats = new float[vector.size()];
        for (int i = 0; i < floats.length; i++) {
            if (!vector.get(i).isNumber()) {
                throw new IllegalArgumentException("not a list of numbers");
            }
            floats[i] = vector.get(i).floatValue();
        }
        return floats;
    }
}
