package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.serai.condense.text.Measure;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text without a blank is read through once by each method, like any other: a file in base64, a row of signs. */
class EndlessWordsTest {
    private static final Measure MEASURE = Measure.of(Tokenizers.usual());
    private static final Map<String, Condenser> METHODS = Methods.withoutModel(EverydayVectors::of);
    private static final int LENGTH = 60_000;
    /** Read twice for each character it would be minutes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @BeforeAll
    static void load() {
        MEASURE.ofMessages(Outline.of(conversation("one", "two")).messages());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x", "Xx", "xX_", "7", "a1", "f(", "a.", "a/b", "A-", "a@", "--a", "1.", "漢", "😀", "\" (", "BASE64"
            })
    void everyMethodComesToAnEnd(String piece) {
        String word = piece.equals("BASE64") ? letters() : piece.repeat(LENGTH / piece.length());
        assertTimeoutPreemptively(PATIENCE, () -> {
            for (Condenser method : METHODS.values()) {
                shortened(
                        method, conversation("The order is late. " + word, "Who has order 4417 of fetch_orders?"), 300);
                shortened(method, conversation("```\n" + word + "\n```", "Who has it?"), 300);
                ArrayNode asked = conversation("The order is late. ".repeat(30), "Who is it? " + word);
                shortened(method, asked, MEASURE.ofMessages(Outline.of(asked).messages()) - 60);
            }
        });
    }

    private static void shortened(Condenser method, ArrayNode messages, long target) throws Exception {
        var made = method.condense(Outline.of(messages), new Condenser.Aim(target, MEASURE));

        assertThat(MEASURE.ofMessages(made)).isLessThanOrEqualTo(target);
    }

    private static ArrayNode conversation(String old, String question) {
        ArrayNode messages = new ObjectMapper().createArrayNode();
        messages.addObject().put("role", "user").put("content", old);
        messages.addObject().put("role", "assistant").put("content", "Ms. Okafor has seen to it. ".repeat(10));
        messages.addObject().put("role", "user").put("content", question);
        return messages;
    }

    /** As a file in base64 has them: letters and figures, seldom another sign. */
    private static String letters() {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        while (text.length() < LENGTH) {
            text.append("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charAt(random.nextInt(64)));
        }
        return text.toString();
    }
}
