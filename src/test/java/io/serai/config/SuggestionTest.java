package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({
        "endpont, endpoint",
        "enpdoint, endpoint",
        "api-key, api_key",
        "Endpoint, endpoint",
        "apikey, api_key",
        "nmae, name",
    })
    void aTypoNamesTheKeyThatWasMeant(String written, String meant) {
        assertThat(Suggestion.of(written, List.of("endpoint", "api_key", "name")))
                .isEqualTo("; did you mean `" + meant + "`?");
    }

    @ParameterizedTest
    @CsvSource({"x", "colour", "abc", "description", "point"})
    void aStrangeWordIsNotGuessed(String written) {
        assertThat(Suggestion.of(written, List.of("endpoint", "api_key", "name")))
                .isEmpty();
    }
}
