package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizersTest {
    private static final String TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(40);

    private final Tokenizers tokenizers = new Tokenizers();

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-4o, O200K_BASE, true",
        "openai, gpt-4o-2024-08-06, O200K_BASE, true",
        "openai, gpt-5.5, O200K_BASE, true",
        "openai, openai/gpt-4o:free, O200K_BASE, true",
        "openai, ft:gpt-4o-2024-08-06:acme::id, O200K_BASE, true",
        "openai, gpt-4, CL100K_BASE, true",
        "openai, gpt-4-turbo, CL100K_BASE, true",
        "openai, ft:gpt-3.5-turbo-0125:acme::id, CL100K_BASE, true",
        "openai, my-gpt-4o, O200K_BASE, false", // what it is, its name does not say
        "openai, gpt-4oh, O200K_BASE, false",
        "anthropic, whatever, O200K_BASE, false",
        "openai, anthropic/claude-sonnet-4.6, O200K_BASE, false",
        "ollama, llama3.2:3b, O200K_BASE, false"
    })
    void theTableSaysWhichModelCountsHow(String type, String model, Vocabulary vocabulary, boolean exact) {
        Tokens found = tokenizers.of(type, "p", model);

        assertThat(found.profile().vocabulary()).isEqualTo(vocabulary);
        assertThat(found.isExact()).isEqualTo(exact);
    }

    @Test
    void whatTheModelsOfAConfigurationCountByIsReadAheadOfTime() {
        assertThat(Tokenizers.vocabularies(List.of("gpt-4o", "anthropic/claude-sonnet-4-6", "llama3.2:3b")))
                .containsExactly(Vocabulary.O200K_BASE);
        assertThat(Tokenizers.vocabularies(List.of("azure/gpt-4-turbo")))
                .containsExactlyInAnyOrder(Vocabulary.O200K_BASE, Vocabulary.CL100K_BASE);
    }

    @Test
    void aProvidersTypeSaysWhatTheNameDoesNot() {
        assertThat(tokenizers.of("anthropic", "p", "my-model").factor())
                .isEqualTo(tokenizers.of("openai", "p", "claude-sonnet-4-6").factor());
    }

    @Test
    void whatProvidersReportCorrectsTheFactor() {
        report("p", "m", 1.5, 1.5, 1.5);

        assertThat(tokenizers.of("openai", "p", "m").factor()).isCloseTo(1.1 * 1.5, within(0.01));
        assertThat(tokenizers.of("openai", "p", "m2").factor()).isEqualTo(1.1);
        assertThat(tokenizers.of("openai", "p2", "m").factor()).isEqualTo(1.1);
    }

    @Test
    void aFewReportsThatAreOffChangeNothing() {
        report("p", "m", 1.2, 1.9, 1.2, 0.6, 1.2, 40, 0.01, 1.2);

        assertThat(tokenizers.of("openai", "p", "m").factor()).isCloseTo(1.1 * 1.2, within(0.01));
    }

    @Test
    void oneReportIsNotEnough() {
        report("p", "m", 1.9, 1.9);

        assertThat(tokenizers.of("openai", "p", "m").factor()).isEqualTo(1.1);
    }

    @Test
    void modelsWhoseEncodingIsKnownAreNotCorrected() {
        report("openai", "gpt-4o", 1.5, 1.5, 1.5, 1.5);

        assertThat(tokenizers.of("openai", "openai", "gpt-4o").ofText(TEXT)).isEqualTo(401);
    }

    private void report(String provider, String model, double... ratios) {
        for (double ratio : ratios) {
            ObjectNode body = new ObjectMapper().createObjectNode();
            body.putArray("messages").addObject().put("role", "user").put("content", TEXT);
            Length length = Length.ofChat(body);
            Tokens counting = tokenizers.of("openai", provider, model);
            long counted = length.in(counting.uncorrected());
            tokenizers.reported(counting, provider, model, length, Math.round(counted * ratio));
        }
    }
}
