package io.serai.provider.google;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.UpstreamFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** https://ai.google.dev/api/generate-content#FinishReason. */
final class FinishTest {
    private static ObjectNode candidate(String reason) {
        return new ObjectMapper().createObjectNode().put("finishReason", reason);
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, false, stop",
        "STOP, true, tool_calls",
        "MAX_TOKENS, false, length",
        "MAX_TOKENS, true, length",
        "SAFETY, false, content_filter",
        "RECITATION, false, content_filter",
        "LANGUAGE, false, content_filter",
        "BLOCKLIST, false, content_filter",
        "PROHIBITED_CONTENT, false, content_filter",
        "SPII, false, content_filter",
        "IMAGE_SAFETY, false, content_filter",
        "IMAGE_RECITATION, true, content_filter",
        "NOVELTY, false, stop",
    })
    void everyFinishReasonIsOneThatAStrictClientKnows(String reason, boolean called, String finish) {
        assertThat(Finish.failure(candidate(reason), false)).isNull();
        assertThat(Finish.reason(reason, called)).isEqualTo(finish);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER"})
    void whatTheModelStumbledOverMayBeTriedAgain(String reason) {
        assertThat(Finish.failure(candidate(reason), true)).isInstanceOf(UpstreamFailure.BrokenAnswer.class);
    }

    /** A call that is none is no end, though there were words before it. */
    @ParameterizedTest
    @ValueSource(strings = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
    void aStumbleAfterSomeWordsIsOneToo(String reason) {
        assertThat(Finish.failure(candidate(reason), false)).isInstanceOf(UpstreamFailure.BrokenAnswer.class);
    }
}
