package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OpenAI has reported for requests that are known to the letter, and what is counted for them. */
class RecordedUsageTest {
    private static final Tokenizers TOKENIZERS = new Tokenizers();

    /** @param source where the request and the figure stand */
    record Recorded(String source, String model, long reported, JsonNode request) {
        @Override
        public String toString() {
            return model + " " + reported + " " + source.substring(source.lastIndexOf('/') + 1);
        }
    }

    static List<Recorded> recorded() throws IOException {
        List<Recorded> all = new ArrayList<>();
        for (JsonNode each :
                new ObjectMapper().readTree(RecordedUsageTest.class.getResourceAsStream("recorded-usage.json"))) {
            all.add(new Recorded(
                    each.path("source").asText(),
                    each.path("model").asText(),
                    each.path("reported").asLong(),
                    each.path("request")));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void theCountIsWithinThreePercentOrOneTokenOfTheReport(Recorded case_) {
        Tokens counting = TOKENIZERS.of("openai", "openai", case_.model());

        long counted = counting.ofChat(case_.request());

        assertThat(counting.isExact()).isTrue();
        assertThat((double) Math.abs(counted - case_.reported()))
                .as("%d counted", counted)
                .isLessThanOrEqualTo(Math.max(1, 0.03 * case_.reported()));
    }
}
