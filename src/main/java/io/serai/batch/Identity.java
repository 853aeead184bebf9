package io.serai.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Caller;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * What requests must have in common to travel together.
 *
 * @param tenant the label of the key; empty where tenants may mix
 * @param where the provider, or its one key
 * @param model the provider's own name of it
 * @param digest of the body's canonical form: fields in order of their names, numbers by value; SHA-256 in hex
 */
record Identity(String tenant, String where, String model, String digest) {
    private static final ObjectMapper JSON = new ObjectMapper(new JsonFactory());

    /** @param without a field that may differ; empty: none may */
    static Identity of(Attempt attempt, String where, String without, boolean acrossTenants) {
        Caller caller = attempt.call().caller();
        String tenant = acrossTenants ? "" : (caller.admin() ? "admin " : "key ") + caller.key();
        return new Identity(tenant, where, attempt.target().model(), digest(attempt.body(), without));
    }

    static String digest(ObjectNode body, String without) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (JsonGenerator out = JSON.getFactory()
                    .createGenerator(new DigestOutputStream(OutputStream.nullOutputStream(), sha256))) {
                write(body, without, out);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("Memory does not fail, and every Java has SHA-256", e);
        }
    }

    private static void write(JsonNode node, String without, JsonGenerator out) throws IOException {
        if (node.isObject()) {
            List<String> names = new ArrayList<>(node.size());
            node.fieldNames().forEachRemaining(names::add);
            Collections.sort(names);
            out.writeStartObject();
            for (String name : names) {
                if (!name.equals(without)) {
                    out.writeFieldName(name);
                    write(node.get(name), "", out);
                }
            }
            out.writeEndObject();
        } else if (node.isArray()) {
            out.writeStartArray();
            for (JsonNode item : node) {
                write(item, "", out);
            }
            out.writeEndArray();
        } else if (node.isNumber()) {
            out.writeNumber(node.decimalValue().stripTrailingZeros().toString());
        } else if (node.isTextual()) {
            out.writeString(node.textValue()); // escapes may differ on the wire
        } else {
            JSON.writeTree(out, node);
        }
    }
}
