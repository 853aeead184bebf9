package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Ids for the tool calls of one answer: Google's own where there are any, else made of the answer's id and their place in it. */
final class CallIds {
    private static final int BYTES = 12;

    private final String answer;

    /** @param answer an id that no other answer has */
    CallIds(String answer) {
        this.answer = answer;
    }

    String of(JsonNode functionCall, int choice, int index) {
        String id = functionCall.path("id").asText("");
        if (!id.isEmpty()) {
            return id;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((answer + '/' + choice + '/' + index).getBytes(StandardCharsets.UTF_8));
            return "call_" + HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }
}
