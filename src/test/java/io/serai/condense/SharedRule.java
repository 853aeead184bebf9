package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What no method may do to a conversation, said once more and by other means than the code that keeps it. */
final class SharedRule {
    private final List<ObjectNode> before;
    private final List<ObjectNode> after;

    private SharedRule(List<ObjectNode> before, List<ObjectNode> after) {
        this.before = before;
        this.after = after;
    }

    /** @param after what the methods have left of it */
    static SharedRule of(Iterable<? extends JsonNode> before, Iterable<? extends JsonNode> after) {
        return new SharedRule(list(before), list(after));
    }

    static List<ObjectNode> list(Iterable<? extends JsonNode> messages) {
        List<ObjectNode> list = new ArrayList<>();
        messages.forEach(message -> list.add((ObjectNode) message));
        return list;
    }

    void holds() {
        rulesStand();
        lastTurnStands();
        callsStandWithTheirResults();
        signedIsWhole();
        picturesStand();
        rolesTakeTurns();
        orderStands();
        nobodySaysNothing();
    }

    void rulesStand() {
        assertThat(after.stream().filter(SharedRule::isRule))
                .containsExactlyElementsOf(
                        before.stream().filter(SharedRule::isRule).toList());
    }

    /** All that the user says last, and the end: results that nobody has answered to, or an answer that is begun. */
    void lastTurnStands() {
        List<ObjectNode> asked = lastTurn(before);
        List<ObjectNode> there = lastTurn(after);
        assertThat(there.subList(Math.max(0, there.size() - asked.size()), there.size()))
                .isEqualTo(asked);
        List<ObjectNode> end = end(before);
        assertThat(after.subList(Math.max(0, after.size() - end.size()), after.size()))
                .isEqualTo(end);
    }

    private static List<ObjectNode> lastTurn(List<ObjectNode> messages) {
        List<ObjectNode> turn = new ArrayList<>();
        for (int i = messages.size() - 1; i >= 0; i--) {
            ObjectNode message = messages.get(i);
            if (is(message, "user")) {
                turn.addFirst(message);
            } else if (!turn.isEmpty() && !isRule(message)) {
                break;
            }
        }
        return turn;
    }

    private static List<ObjectNode> end(List<ObjectNode> messages) {
        int from = messages.size() - 1;
        while (is(messages.get(from), "tool")) {
            from--;
        }
        return messages.subList(from, messages.size());
    }

    void callsStandWithTheirResults() {
        Set<JsonNode> calls = new HashSet<>();
        before.forEach(message -> message.path("tool_calls").forEach(calls::add));
        List<String> open = new ArrayList<>();
        for (ObjectNode message : after) {
            if (is(message, "tool")) {
                assertThat(open.remove(message.path("tool_call_id").asText()))
                        .as("a result without its call: %s", message)
                        .isTrue();
            } else {
                assertThat(open).as("without results, before %s", message).isEmpty();
            }
            for (JsonNode call : message.path("tool_calls")) {
                assertThat(calls).contains(call);
                open.add(call.path("id").asText());
            }
        }
        assertThat(open).isEmpty();
    }

    void signedIsWhole() {
        Set<JsonNode> whole = new HashSet<>(before);
        for (ObjectNode message : after) {
            String text = message.toString();
            if (text.contains("\"thinking_blocks\"")
                    || text.contains("\"reasoning_details\"")
                    || text.contains("\"thought_signature\"")) {
                assertThat(whole).contains(message);
            }
        }
    }

    /** Those of the last two turns, and older ones that the question is about. */
    void picturesStand() {
        List<ObjectNode> shown = new ArrayList<>();
        List<ObjectNode> all = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        int turns = 0;
        boolean speaking = false;
        for (ObjectNode message : before.reversed()) {
            if (is(message, "user")) {
                turns += speaking ? 0 : 1;
                speaking = true;
                boolean pictured = message.path("content").toString().contains("\"image_url\"");
                if (pictured) {
                    all.add(message);
                }
                if (turns <= 2) {
                    said.append(message.path("content"));
                    shown.addAll(pictured ? List.of(message) : List.of());
                }
            } else if (!isRule(message)) {
                speaking = false;
            }
        }
        if (said.indexOf("both pictures") >= 0) {
            shown = all;
        } else if (said.indexOf("the screenshot") >= 0 && shown.isEmpty() && !all.isEmpty()) {
            shown = List.of(all.getFirst()); // the newest
        }
        assertThat(after).containsAll(shown);
    }

    /** Nowhere does one side speak twice, a model first, or a user to whom tools have answered, where it did not before. */
    void rolesTakeTurns() {
        Map<String, Integer> was = steps(before);
        steps(after).forEach((step, times) -> {
            if (Set.of("user user", "assistant assistant", "tool user", "start assistant")
                    .contains(step)) {
                assertThat(times).as(step).isLessThanOrEqualTo(was.getOrDefault(step, 0));
            }
        });
    }

    private static Map<String, Integer> steps(List<ObjectNode> messages) {
        Map<String, Integer> steps = new HashMap<>();
        String last = "start";
        for (ObjectNode message : messages) {
            if (!isRule(message)) {
                String role = message.path("role").asText();
                steps.merge(last + " " + role, 1, Integer::sum);
                last = role;
            }
        }
        return steps;
    }

    void orderStands() {
        Map<JsonNode, Integer> places = new HashMap<>();
        for (int i = 0; i < before.size(); i++) {
            places.merge(before.get(i), i, (one, other) -> -1); // of two that are alike none can be told
        }
        int at = -1;
        for (ObjectNode message : after) {
            int place = places.getOrDefault(message, -1);
            if (place >= 0) {
                assertThat(place).as(message.toString()).isGreaterThan(at);
                at = place;
            }
        }
    }

    /** But who said nothing before. */
    void nobodySaysNothing() {
        for (ObjectNode message : after) {
            JsonNode content = message.path("content");
            boolean says = message.has("tool_calls")
                    || content.isArray() && !content.isEmpty()
                    || !content.asText("").isBlank();
            assertThat(says || before.contains(message)).as(message.toString()).isTrue();
        }
    }

    private static boolean isRule(ObjectNode message) {
        return is(message, "system") || is(message, "developer");
    }

    private static boolean is(ObjectNode message, String role) {
        return message.path("role").asText().equals(role);
    }
}
