package io.serai.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A client's view of a stream in OpenAI's shape. */
final class Chunks {
    private Chunks() {}

    /** The chunks of a stream that ended as it should: framed as events, {@code [DONE]} last. */
    static List<JsonNode> of(String body) throws JsonProcessingException {
        List<String> data = data(body);
        assertThat(data).as(body).last().isEqualTo("[DONE]");
        List<JsonNode> chunks = new ArrayList<>();
        for (String one : data.subList(0, data.size() - 1)) {
            chunks.add(Golden.JSON.readTree(one));
        }
        return chunks;
    }

    /** Every event's data. */
    static List<String> data(String body) {
        assertThat(body).endsWith("\n\n");
        List<String> data = new ArrayList<>();
        for (String event : body.split("\n\n")) {
            if (!event.startsWith(":")) {
                assertThat(event).startsWith("data: ").doesNotContain("\n");
                data.add(event.substring("data: ".length()));
            }
        }
        return data;
    }
}
