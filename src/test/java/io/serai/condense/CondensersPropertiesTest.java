package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Measure;
import io.serai.config.CondenseMethods;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    void theRulesStandAsTheyWere(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        rule(random, chain).rulesStand();
    }

    @Property(tries = 150)
    void theLastTurnAndTheEndStandAsTheyWere(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        rule(random, chain).lastTurnStands();
    }

    @Property(tries = 150)
    void toolCallsStandWithAllTheirResults(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        rule(random, chain).callsStandWithTheirResults();
    }

    @Property(tries = 150)
    void whatIsSignedIsThereAsItWasOrNotAtAll(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        rule(random, chain).signedIsWhole();
    }

    @Property(tries = 150)
    void picturesThatTheLastTurnsSpeakOfAreThere(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        rule(random, chain).picturesStand();
    }

    @Property(tries = 150)
    void rolesTakeTurns(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        rule(random, chain).rolesTakeTurns();
    }

    @Property(tries = 150)
    void messagesStandInTheirOrder(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        rule(random, chain).orderStands();
    }

    @Property(tries = 150)
    void nobodySaysNothing(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        rule(random, chain).nobodySaysNothing();
    }

    @Property(tries = 150)
    void itIsNoLongerThanItMayBeUnlessNothingMoreCanGo(@ForAll Random random, @ForAll("chains") List<String> chain)
            throws Exception {
        ArrayNode messages = messages(random);
        long target = target(messages, random);
        long floor = MEASURE.ofMessages(Outline.of(messages).least());

        long after = MEASURE.ofMessages(condensed(SharedRule.list(messages), chain, target));

        assertThat(after).isLessThanOrEqualTo(Math.max(target, floor));
    }

    @Property(tries = 100)
    void theClientsMessagesAreNotTouched(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        ArrayNode messages = messages(random);
        ArrayNode before = messages.deepCopy();

        condensed(messages, chain, random);

        assertThat(messages).isEqualTo(before);
    }

    @Property(tries = 100)
    void theSameMakesTheSame(@ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        ArrayNode messages = messages(random);
        long target = target(messages, random);

        assertThat(condensed(SharedRule.list(messages), chain, target))
                .isEqualTo(condensed(SharedRule.list(messages.deepCopy()), chain, target));
    }

    private static SharedRule rule(Random random, List<String> chain) throws Exception {
        ArrayNode messages = messages(random);
        return SharedRule.of(messages, condensed(messages, chain, random));
    }

    private static ArrayNode messages(Random random) {
        ObjectNode chat = random.nextBoolean() ? Conversations.chat(random) : Conversations.odd(random);
        return (ArrayNode) chat.path("messages");
    }

    private static List<ObjectNode> condensed(ArrayNode messages, List<String> chain, Random random) throws Exception {
        return condensed(SharedRule.list(messages), chain, target(messages, random));
    }

    /**
     * Each method but the last has a share of the way to go, so that the next has to go on from what it leaves. Where one fails, the
     * sliding window is the last, as in the routes.
     */
    private static List<ObjectNode> condensed(List<ObjectNode> messages, List<String> chain, long target)
            throws Exception {
        Outline original = Outline.of(messages);
        List<ObjectNode> made = messages;
        long all = MEASURE.ofMessages(messages);
        for (int i = 0; i < chain.size(); i++) {
            long step = target + (all - target) * (chain.size() - 1 - i) / chain.size();
            made = condensed(made, original, chain.get(i), step);
        }
        return condensed(made, original, CondenseMethods.SLIDING_WINDOW, target);
    }

    private static List<ObjectNode> condensed(List<ObjectNode> messages, Outline original, String method, long target)
            throws InterruptedException {
        if (MEASURE.ofMessages(messages) <= target) {
            return messages;
        }
        try {
            return METHODS.get(method).condense(Outline.of(messages, original), new Condenser.Aim(target, MEASURE));
        } catch (CondenseException e) {
            return messages; // nobody asks anything, say
        }
    }

    private static long target(Iterable<? extends JsonNode> messages, Random random) {
        long tokens = 0;
        for (JsonNode message : messages) {
            tokens += MEASURE.ofMessage(message);
        }
        return tokens * (5 + random.nextInt(90)) / 100;
    }
}
