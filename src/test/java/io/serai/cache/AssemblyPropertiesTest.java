package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** However a stream was cut into chunks, the whole answer is the same; and a whole answer's stream is that answer. */
class AssemblyPropertiesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHOLE = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","system_fingerprint":"fp","choices":[
              {"index":0,"message":{"role":"assistant","content":"Some text \\u00e9 \\"quoted\\"","reasoning_content":"Hm, well",
                "thinking_blocks":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},{"type":"redacted_thinking","data":"x"}]},
               "logprobs":{"content":[{"token":"Some","logprob":-0.5},{"token":" text","logprob":-0.25}]},"finish_reason":"stop"},
              {"index":1,"message":{"role":"assistant","content":null,"tool_calls":[
                {"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}},
                {"id":"call_b","type":"function","function":{"name":"clock","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}
            """;

    @Example
    void aWholeAnswersStreamIsThatAnswer() throws Exception {
        ObjectNode whole = (ObjectNode) JSON.readTree(WHOLE);
        Assembly assembly = new Assembly(JSON);

        assertThat(assembly.whole(assembly.chunks(whole))).isEqualTo(JSON.readTree(WHOLE));
        assertThat(whole).as("left as it was").isEqualTo(JSON.readTree(WHOLE));
    }

    @Property(tries = 200)
    void howItWasCutMakesNoDifference(@ForAll Random random) throws Exception {
        JsonNode whole = JSON.readTree(WHOLE);
        List<byte[]> chunks = new ArrayList<>();
        for (JsonNode choice : whole.path("choices")) {
            cut(choice, random, chunks);
        }
        chunks.add(chunk(-1, null, "usage", whole.path("usage")));

        JsonNode made = Objects.requireNonNull(new Assembly(JSON).whole(chunks));

        for (int i = 0; i < 2; i++) {
            assertThat(made.path("choices").get(i))
                    .isEqualTo(whole.path("choices").get(i));
        }
        assertThat(made.path("usage")).isEqualTo(whole.path("usage"));
    }

    private static void cut(JsonNode choice, Random random, List<byte[]> chunks) throws IOException {
        int index = choice.path("index").asInt();
        JsonNode message = choice.path("message");
        chunks.add(chunk(index, delta("role", "assistant"), "", null));
        for (String field : List.of("reasoning_content", "content")) {
            for (String piece : pieces(message.path(field).asText(""), random)) {
                chunks.add(chunk(index, delta(field, piece), "", null));
            }
        }
        for (JsonNode block : message.path("thinking_blocks")) {
            ObjectNode delta = JSON.createObjectNode();
            delta.putArray("thinking_blocks").add(block);
            chunks.add(chunk(index, delta, "", null));
        }
        for (JsonNode token : choice.at("/logprobs/content")) {
            ObjectNode logprobs = JSON.createObjectNode();
            logprobs.putArray("content").add(token);
            chunks.add(chunk(index, JSON.createObjectNode(), "logprobs", logprobs));
        }
        for (int i = 0; i < message.path("tool_calls").size(); i++) {
            JsonNode call = message.path("tool_calls").get(i);
            ObjectNode first = call.deepCopy();
            first.put("index", i);
            ((ObjectNode) first.path("function")).put("arguments", "");
            chunks.add(chunk(index, call(first), "", null));
            for (String piece : pieces(call.at("/function/arguments").asText(), random)) {
                ObjectNode more = JSON.createObjectNode().put("index", i);
                more.putObject("function").put("arguments", piece);
                chunks.add(chunk(index, call(more), "", null));
            }
        }
        chunks.add(chunk(index, JSON.createObjectNode(), "finish_reason", choice.path("finish_reason")));
    }

    private static ObjectNode delta(String field, String text) {
        return JSON.createObjectNode().put(field, text);
    }

    private static ObjectNode call(ObjectNode call) {
        ObjectNode delta = JSON.createObjectNode();
        delta.putArray("tool_calls").add(call);
        return delta;
    }

    private static List<String> pieces(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(5));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** A chunk of one choice, or without one. */
    private static byte[] chunk(int index, ObjectNode delta, String name, JsonNode value) throws IOException {
        ObjectNode chunk = JSON.createObjectNode()
                .put("id", "chatcmpl-1")
                .put("object", "chat.completion.chunk")
                .put("model", "m");
        if (index < 0) {
            chunk.putArray("choices");
            chunk.set(name, value);
        } else {
            ObjectNode choice = chunk.putArray("choices").addObject().put("index", index);
            choice.set("delta", delta);
            choice.putNull("finish_reason");
            if (!name.isEmpty()) {
                choice.set(name, value);
            }
        }
        return JSON.writeValueAsString(chunk).getBytes(StandardCharsets.UTF_8);
    }
}
