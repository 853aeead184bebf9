package io.serai.provider.google;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

final class CallIdsTest {
    private static final ObjectNode CALL = new ObjectMapper().createObjectNode().put("name", "f");

    @Test
    void theSameCallHasTheSameIdAndEveryOtherAnother() {
        String id = new CallIds("answer").of(CALL, 0, 0);

        assertThat(new CallIds("answer").of(CALL, 0, 0)).isEqualTo(id).startsWith("call_");
        assertThat(new CallIds("answer").of(CALL, 0, 1)).isNotEqualTo(id);
        assertThat(new CallIds("answer").of(CALL, 1, 0)).isNotEqualTo(id);
        assertThat(new CallIds("another").of(CALL, 0, 0)).isNotEqualTo(id);
    }

    @Test
    void anIdOfGooglesOwnStays() {
        assertThat(new CallIds("answer").of(CALL.deepCopy().put("id", "b7f9"), 0, 0))
                .isEqualTo("b7f9");
    }
}
