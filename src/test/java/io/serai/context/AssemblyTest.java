package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the note stands that speaks for what was left out: never behind the user's last turn. */
final class AssemblyTest {
    private static final String CONVERSATION = """
            [
             {"role":"system","content":"Rules."},
             {"role":"user","content":"Well."},
             {"role":"assistant","content":"One."},
             {"role":"user","content":"Why?"},
             {"role":"assistant","content":"Let me see."},
             {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"Done."}]
            """;

    /** @param left messages that are left out */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4 | Rules.,Note.,[...],Well.,One.,Why?,null,Done.",
                "2 | Rules.,Well.,[...],Note.,[...],Why?,Let me see.,null,Done.",
                "1 | Rules.,Note.,One.,Why?,Let me see.,null,Done.",
                "12 | Rules.,Note.,[...],Why?,Let me see.,null,Done.",
                "14 | Rules.,Note.,One.,Why?,null,Done."
            })
    void theNoteStandsBeforeTheLastTurn(String left, String said) throws Exception {
        List<ObjectNode> messages = new ArrayList<>();
        for (JsonNode message : new ObjectMapper().readTree(CONVERSATION)) {
            messages.add((ObjectNode) message);
        }
        Assembly assembly = new Assembly(Outline.of(messages));
        for (int i = 0; i < messages.size(); i++) {
            if (!left.contains(Integer.toString(i))) {
                assembly.stays(i, messages.get(i));
            }
        }
        assembly.note("Note.");

        List<ObjectNode> made = assembly.messages();

        assertThat(made.stream().map(m -> m.path("content").asText())).containsExactly(said.split(","));
        assertThat(made.stream().filter(m -> m.path("content").asText().equals("Note.")))
                .allMatch(m -> m.path("role").asText().equals("user"));
    }
}
