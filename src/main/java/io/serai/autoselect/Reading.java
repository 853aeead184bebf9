package io.serai.autoselect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What there is to read in a request. */
final class Reading {
    /** Of a long text the beginning and the end: what is wanted stands at one of them. */
    private static final int CHARACTERS_A_SIDE = 300;
    /** A newest message of fewer words says little without the one before. */
    private static final int FEW_WORDS = 4;

    /** One message. */
    record Turn(String role, String text) {}

    private final Operation operation;
    private final List<Turn> turns = new ArrayList<>();

    private Reading(Operation operation) {
        this.operation = operation;
    }

    static Reading of(Call call) {
        Reading reading = new Reading(call.operation());
        ObjectNode body = call.body();
        switch (call.operation()) {
            case CHAT ->
                body.path("messages")
                        .forEach(message -> reading.add(message.path("role").asText(), text(message.path("content"))));
            case EMBEDDINGS, SPEECH -> reading.add("user", text(body.path("input")));
            case IMAGE_GENERATION, IMAGE_EDIT -> reading.add("user", text(body.path("prompt")));
            case TRANSCRIPTION, TRANSLATION -> {} // sound, which nobody reads
        }
        return reading;
    }

    /** Of a conversation that begins with this message of the user. */
    static Reading ofMessage(String text) {
        Reading reading = new Reading(Operation.CHAT);
        reading.add("user", text);
        return reading;
    }

    private void add(String role, String text) {
        turns.add(new Turn(role, text));
    }

    List<Turn> turns() {
        return turns;
    }

    /** The newest words of the user, with those before where they are few; empty when there are none. */
    String question() {
        List<String> said = turns.stream()
                .filter(turn -> turn.role().equals("user") && !turn.text().isBlank())
                .map(Turn::text)
                .toList();
        if (said.isEmpty()) {
            return "";
        }
        String newest = said.get(said.size() - 1).strip();
        if (said.size() > 1 && newest.split("\\s+", FEW_WORDS + 1).length <= FEW_WORDS) {
            newest = said.get(said.size() - 2).strip() + "\n" + newest;
        }
        return newest.length() <= 2 * CHARACTERS_A_SIDE
                ? newest
                : newest.substring(0, CHARACTERS_A_SIDE) + " ... "
                        + newest.substring(newest.length() - CHARACTERS_A_SIDE);
    }

    /** Names the conversation: the same from its first request to its last. */
    String conversation(String salt) {
        int first = 0;
        while (first < turns.size() && !turns.get(first).role().equals("user")) {
            first++;
        }
        return hash(salt + "/begins", turns.subList(0, Math.min(turns.size(), first + 1)));
    }

    /** Names the request as far as the newest words of the user: what tools say after them changes nothing. */
    String prefix(String salt) {
        int last = turns.size();
        while (last > 0 && !turns.get(last - 1).role().equals("user")) {
            last--;
        }
        return hash(salt + "/upto", turns.subList(0, last));
    }

    private String hash(String salt, List<Turn> some) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            add(sha, salt);
            add(sha, operation.name());
            for (Turn turn : some) {
                add(sha, turn.role());
                add(sha, turn.text());
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static void add(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        sha.update(bytes);
    }

    /** Text, or the texts of a list; what is not text is named in brackets. */
    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            if (part.isTextual()) {
                parts.add(part.asText());
            } else if (part.path("text").isTextual()) {
                parts.add(part.path("text").asText());
            } else if (part.has("type")) {
                parts.add("[" + part.path("type").asText() + "]");
            }
        }
        return String.join("\n", parts);
    }
}
