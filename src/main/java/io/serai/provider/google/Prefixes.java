package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.JsonBytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The beginnings of a request that may come again: instructions and tools alone, or with the first turns. */
final class Prefixes {
    static final String[] HEAD = {"systemInstruction", "tools", "toolConfig"};
    /** Cuts that are looked at, from the end: what repeats at all, repeats near where the last request ended. */
    private static final int CUTS = 8;
    /** Bytes of JSON for a token of text: the usual figure. */
    private static final int BYTES = 4;
    /** Tokens of a picture or a page (https://ai.google.dev/gemini-api/docs/tokens), whatever its size in bytes. */
    private static final int OF_MEDIA = 258;

    /**
     * One beginning.
     *
     * @param turns how many of {@code contents} are in it
     * @param tokens about so many
     * @param hash of the model and all of it
     */
    record Prefix(int turns, int tokens, String hash) {}

    private Prefixes() {}

    /** Shortest first. What follows one begins with a turn of the user that answers no call: a group is never split. */
    static List<Prefix> of(ObjectMapper json, String model, ObjectNode request) {
        MessageDigest digest = sha256();
        digest.update(JsonBytes.of(json, json.getNodeFactory().textNode(model)));
        int tokens = 0;
        boolean head = false;
        for (String field : HEAD) {
            JsonNode value = request.get(field);
            if (value != null) {
                tokens += add(json, digest, value);
                head |= !field.equals("toolConfig");
            }
        }
        List<Prefix> found = new ArrayList<>();
        JsonNode turns = request.path("contents");
        for (int i = 0; i < turns.size(); i++) {
            if ((i > 0 || head) && isQuestion(turns.get(i))) {
                found.add(new Prefix(i, tokens, hash(digest)));
            }
            tokens += add(json, digest, turns.get(i));
        }
        return found.size() <= CUTS ? found : found.subList(found.size() - CUTS, found.size());
    }

    private static boolean isQuestion(JsonNode turn) {
        return turn.path("role").asText().equals("user")
                && !turn.path("parts").path(0).has("functionResponse");
    }

    private static int add(ObjectMapper json, MessageDigest digest, JsonNode value) {
        byte[] bytes = JsonBytes.of(json, value);
        digest.update(bytes);
        long media = 0;
        int files = 0;
        for (JsonNode part : value.path("parts")) {
            if (part.has("inlineData") || part.has("fileData")) {
                media += part.path("inlineData").path("data").asText().length();
                files++;
            }
        }
        return (int) ((bytes.length - media) / BYTES) + files * OF_MEDIA;
    }

    private static String hash(MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's SHA-256 can be cloned", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    /** The prefix as it goes into {@code cachedContents}, without its time to live. */
    static ObjectNode content(ObjectMapper json, String model, ObjectNode request, Prefix prefix) {
        ObjectNode content = json.createObjectNode().put("model", model);
        for (String field : HEAD) {
            if (request.has(field)) {
                content.set(field, request.get(field));
            }
        }
        ArrayNode turns = json.createArrayNode();
        for (int i = 0; i < prefix.turns(); i++) {
            turns.add(request.path("contents").get(i));
        }
        if (!turns.isEmpty()) {
            content.set("contents", turns);
        }
        return content;
    }

    /** Leaves of the request what the cached content does not hold. */
    static void cut(ObjectNode request, Prefix prefix, String name) {
        for (String field : HEAD) {
            request.remove(field);
        }
        ArrayNode rest = request.arrayNode();
        for (int i = prefix.turns(); i < request.path("contents").size(); i++) {
            rest.add(request.path("contents").get(i));
        }
        request.set("contents", rest);
        request.put("cachedContent", name);
    }
}
