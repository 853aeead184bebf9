package io.serai.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The number that each vendor puts into its words. */
class ContextLimitTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. | 8192
            This endpoint's maximum context length is 131072 tokens. However, you requested about 200015 tokens | 131072
            Requested token count exceeds the model's maximum context length of 32768 tokens. | 32768
            Input length (265330) exceeds model's maximum context length (262144). | 262144
            Prompt contains 40000 tokens, too large for model with 32768 maximum context length | 32768
            prompt is too long: 210000 tokens > 200000 maximum | 200000
            input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length | 200000
            The input token count (1200293) exceeds the maximum number of tokens allowed (1048576). | 1048576
            The input token count exceeds the maximum number of tokens allowed 1048576. | 1048576
            request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it | 8192
            Requested tokens (2285) exceed context window of 2048 | 2048
            The input (516368 tokens) is longer than the model's context length (262144 tokens). | 262144
            This model's maximum prompt length is 131072 but the request contains 537812 tokens. | 131072
            Input tokens exceed the configured limit of 272,000 tokens. Your messages resulted in 509178 tokens. | 272000
            """)
    void isReadOutOfEachVendorsWords(String message, int limit) {
        assertThat(ContextLimit.in(message)).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Please reduce the length of the messages or completion.",
                "Your input exceeds the context window of this model.",
                "the request exceeds the available context size. try increasing the context size",
                "This model's maximum context length is 3 tokens.",
                "This model's maximum context length is 999999999999 tokens.",
                "You sent 8192 tokens."
            })
    void isNotGuessed(String message) {
        assertThat(ContextLimit.in(message)).isNull();
    }
}
