package io.serai.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * JSON in the one form that all equal texts have: fields in the order of their names, numbers by value, no white space, each
 * character spelled in one way.
 */
public final class CanonicalJson {
    /** Half a surrogate pair, which JSON allows as an escape, can be written as one only. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool()) // virtual threads live for one request
            .build());

    private CanonicalJson() {}

    /**
     * SHA-256 of an object's canonical form, in hex.
     *
     * @param without fields of the object itself that may differ
     */
    public static String sha256(ObjectNode object, Set<String> without) {
        return sha256(List.of(), object, without);
    }

    /**
     * The same of an object and of texts before it; none of them can run into the next.
     *
     * @param texts what else makes a difference, in an order that is always the same
     */
    public static String sha256(List<String> texts, ObjectNode object, Set<String> without) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (JsonGenerator out = JSON.getFactory()
                    .createGenerator(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
                for (String text : texts) {
                    out.writeString(text);
                }
                write(object, without, out);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("Memory does not fail, and every Java has SHA-256", e);
        }
    }

    private static void write(JsonNode node, Set<String> without, JsonGenerator out) throws IOException {
        if (node.isObject()) {
            List<String> names = new ArrayList<>(node.size());
            node.fieldNames().forEachRemaining(names::add);
            Collections.sort(names);
            out.writeStartObject();
            for (String name : names) {
                if (!without.contains(name)) {
                    out.writeFieldName(name);
                    write(node.get(name), Set.of(), out);
                }
            }
            out.writeEndObject();
        } else if (node.isArray()) {
            out.writeStartArray();
            for (JsonNode item : node) {
                write(item, Set.of(), out);
            }
            out.writeEndArray();
        } else if (node.isNumber()) {
            out.writeNumber(node.decimalValue().stripTrailingZeros().toString());
        } else if (node instanceof LongText text && text.isPlain()) {
            text.write(out); // there is but this spelling of it
        } else if (node.isTextual()) {
            out.writeString(node.textValue()); // escapes may differ on the wire
        } else {
            JSON.writeTree(out, node);
        }
    }
}
