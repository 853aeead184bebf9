package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Measure;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the conversation, the method or the chain of methods: what is never left out is there, and nothing is torn apart. */
class CondensersPropertiesTest {
    private static final Measure MEASURE = Measure.of(Tokenizers.usual());
    private static final Map<String, Condenser> METHODS = Methods.withoutModel(EverydayVectors::of);

    @Provide
    Arbitrary<List<String>> chains() {
        return Arbitraries.of(METHODS.keySet()).list().ofMinSize(1).ofMaxSize(3);
    }

    @Property(tries = 150)
    void theSystemPromptAndTheLastTurnAreThereAsTheyWere(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        ArrayNode messages = Conversations.messages(random);
        List<ObjectNode> made = condensed(messages, chain, random);

        assertThat(of(made, "system")).isEqualTo(of(list(messages), "system"));
        int asked = last(list(messages));
        List<ObjectNode> tail = list(messages).subList(asked, messages.size());
        int askedThere = last(made);
        assertThat(made.get(askedThere)).isEqualTo(tail.getFirst());
        if (tail.size() > 1) {
            assertThat(made.getLast()).isEqualTo(tail.getLast()); // results that nobody has answered to
        }
    }

    @Property(tries = 150)
    void toolCallsStandWithAllTheirResults(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        List<ObjectNode> made = condensed(Conversations.messages(random), chain, random);

        List<String> open = new ArrayList<>();
        for (ObjectNode message : made) {
            if (message.path("role").asText().equals("tool")) {
                assertThat(open.remove(message.path("tool_call_id").asText())).isTrue();
                assertThat(message.path("content").asText()).isNotBlank();
            } else {
                assertThat(open).isEmpty();
            }
            message.path("tool_calls").forEach(call -> open.add(call.path("id").asText()));
        }
        assertThat(open).isEmpty();
    }

    @Property(tries = 150)
    void whatIsSignedIsThereAsItWasOrNotAtAll(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        ArrayNode messages = Conversations.messages(random);
        Set<JsonNode> before = new HashSet<>(list(messages));

        for (ObjectNode message : condensed(messages, chain, random)) {
            if (message.has("thinking_blocks")) {
                assertThat(before).contains(message);
            }
        }
    }

    @Property(tries = 150)
    void picturesThatTheLastTurnsSpeakOfAreThere(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        ArrayNode messages = Conversations.messages(random);
        List<ObjectNode> pictured = list(messages).stream()
                .filter(m -> m.path("content").toString().contains("image_url"))
                .toList();
        String question = Outline.of(messages).question();
        List<ObjectNode> made = condensed(messages, chain, random);

        if (question.contains("screenshot") && !pictured.isEmpty()) {
            assertThat(made).contains(pictured.getLast());
        } else if (question.contains("both")) {
            assertThat(made).containsAll(pictured);
        }
    }

    @Property(tries = 150)
    void rolesTakeTurns(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        String before = "system";
        for (ObjectNode message : condensed(Conversations.messages(random), chain, random)) {
            String role = message.path("role").asText();
            switch (role) {
                case "user" -> assertThat(before).isIn("system", "assistant");
                // a model at work speaks again after its tools, and may speak before it calls them
                case "assistant" -> assertThat(before).isIn("user", "tool", "assistant");
                case "tool" -> assertThat(before).isIn("assistant", "tool");
                default -> assertThat(role).isEqualTo("system");
            }
            if (role.equals("assistant") && before.equals("assistant")) {
                assertThat(message.has("tool_calls")).isTrue();
            }
            boolean calls = message.has("tool_calls");
            JsonNode content = message.path("content");
            assertThat(calls
                            || content.isArray() && !content.isEmpty()
                            || !content.asText().isBlank())
                    .as(message.toString())
                    .isTrue();
            before = role;
        }
    }

    @Property(tries = 150)
    void messagesStandInTheirOrder(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        List<ObjectNode> messages = list(Conversations.messages(random));
        int at = -1;
        for (ObjectNode message : condensed(messages, chain, random)) {
            int found = index(messages, message, at + 1);
            boolean marks = message.size() == 2
                    && (message.path("content").asText().equals(Assembly.GAP)
                            || message.path("content").asText().startsWith("[Facts"));
            if (!marks && messages.contains(message)) {
                assertThat(found).as(message.toString()).isGreaterThan(at);
                at = found;
            }
        }
    }

    @Property(tries = 150)
    void itIsNoLongerThanItMayBeUnlessNothingMoreCanGo(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        ArrayNode messages = Conversations.messages(random);
        long target = target(messages, random);
        long floor = MEASURE.ofMessages(Outline.of(messages).least());

        long after = MEASURE.ofMessages(condensed(list(messages), chain, target));

        assertThat(after).isLessThanOrEqualTo(Math.max(target, floor));
    }

    @Property(tries = 100)
    void theClientsMessagesAreNotTouched(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        ArrayNode messages = Conversations.messages(random);
        ArrayNode before = messages.deepCopy();

        condensed(messages, chain, random);

        assertThat(messages).isEqualTo(before);
    }

    @Property(tries = 100)
    void theSameMakesTheSame(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        ArrayNode messages = Conversations.messages(random);
        long target = target(messages, random);

        assertThat(condensed(list(messages), chain, target))
                .isEqualTo(condensed(list(messages.deepCopy()), chain, target));
    }

    private static List<ObjectNode> condensed(ArrayNode messages, List<String> chain, Random random) throws Exception {
        return condensed(list(messages), chain, target(messages, random));
    }

    private static List<ObjectNode> condensed(List<ObjectNode> messages, List<String> chain, Random random)
            throws Exception {
        return condensed(messages, chain, target(messages, random));
    }

    private static List<ObjectNode> condensed(List<ObjectNode> messages, List<String> chain, long target)
            throws Exception {
        List<ObjectNode> made = messages;
        for (String method : chain) {
            if (MEASURE.ofMessages(made) > target) {
                made = METHODS.get(method).condense(Outline.of(made), new Condenser.Aim(target, MEASURE));
            }
        }
        return made;
    }

    private static long target(Iterable<? extends JsonNode> messages, Random random) {
        long tokens = 0;
        for (JsonNode message : messages) {
            tokens += MEASURE.ofMessage(message);
        }
        return tokens * (5 + random.nextInt(90)) / 100;
    }

    private static int index(List<ObjectNode> messages, ObjectNode message, int from) {
        int at = messages.subList(from, messages.size()).indexOf(message);
        return at < 0 ? -1 : at + from;
    }

    private static int last(List<ObjectNode> messages) {
        int at = messages.size() - 1;
        while (!messages.get(at).path("role").asText().equals("user")) {
            at--;
        }
        return at;
    }

    private static List<ObjectNode> of(List<ObjectNode> messages, String role) {
        return messages.stream()
                .filter(m -> m.path("role").asText().equals(role))
                .toList();
    }

    private static List<ObjectNode> list(Iterable<JsonNode> messages) {
        List<ObjectNode> list = new ArrayList<>();
        messages.forEach(message -> list.add((ObjectNode) message));
        return list;
    }
}
