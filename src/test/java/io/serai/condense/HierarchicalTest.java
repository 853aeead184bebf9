package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Measure;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the list of facts stands. */
class HierarchicalTest {
    private static final Measure MEASURE = Measure.of(Tokenizers.usual());

    @Test
    void theListIsThereThoughNoMessageIsLeftOutWhole() throws Exception {
        ArrayNode messages = new ObjectMapper().createArrayNode();
        messages.addObject().put("role", "system").put("content", "You are a clerk.");
        messages.addObject()
                .put("role", "user")
                .put("content", talk("We decided that Ms. Okafor pays 480 EUR by 3 May."));
        messages.addObject()
                .put("role", "assistant")
                .put("content", talk("The order must not leave before 12 June 2025."));
        messages.addObject()
                .put("role", "user")
                .put("content", "What does Ms. Okafor pay, and when may the order leave?");
        Outline outline = Outline.of(messages);
        long target = MEASURE.ofMessages(outline.messages()) * 7 / 10;

        List<ObjectNode> made = new Hierarchical().condense(outline, new Condenser.Aim(target, MEASURE));

        assertThat(made.toString()).contains("480 EUR", "12 June 2025");
        assertThat(MEASURE.ofMessages(made)).isLessThanOrEqualTo(target);
        assertThat(made.stream().map(message -> message.path("role").asText()))
                .containsExactly("system", "user", "assistant", "user", "assistant", "user");
        assertThat(made.get(1).path("content").asText()).startsWith("[Facts");
    }

    private static String talk(String fact) {
        StringBuilder text = new StringBuilder();
        for (String about : List.of("the weather", "the garden", "a walk", "the trains", "some music", "the tea")) {
            text.append("It was rather pleasant to hear a little more about ")
                    .append(about)
                    .append(" today. ");
        }
        return text + fact + " And so the talk went on for a while about nothing much.";
    }
}
