package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.stub.OpenAiRules;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code enable_native_caching} at OpenAI-compatible providers. */
final class PromptCachingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LONG = "An instruction of some length. ".repeat(20);
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        String on = "enable_native_caching: true, min_cacheable_tokens: 100";
        broker = TestBroker.with()
                .provider("openai", stub, on)
                .provider("deepseek", stub, on, "prompt_cache_key: team-7")
                .provider("openrouter", stub, on)
                .provider("openrouter-hour", stub, on, "cache_ttl: 3600", "prompt_caching: breakpoints")
                .provider("lab", stub, on, "prompt_caching: none")
                .provider("off", stub)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static ObjectNode chat(String system, String... turns) {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", system);
        for (int i = 0; i < turns.length; i++) {
            messages.addObject().put("role", i % 2 == 0 ? "user" : "assistant").put("content", turns[i]);
        }
        return body;
    }

    private static ObjectNode withTool(ObjectNode body) {
        for (String name : new String[] {"first", "last"}) {
            ObjectNode tool = body.withArray("tools").addObject().put("type", "function");
            tool.putObject("function").put("name", name).put("description", LONG);
        }
        return body;
    }

    /** What the provider gets of it. */
    private static JsonNode sent(String model, ObjectNode body) throws Exception {
        HttpResponse<String> reply = broker.post(
                "/v1/chat/completions", body.deepCopy().put("model", model).toString());
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return stub.lastRequest().json();
    }

    private static String key(String model, ObjectNode body) throws Exception {
        return sent(model, body).path("prompt_cache_key").asText(null);
    }

    /** The paths of all marks. */
    private static List<String> marks(JsonNode sent) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < sent.path("tools").size(); i++) {
            if (sent.path("tools").get(i).has("cache_control")) {
                found.add("tool " + i);
            }
        }
        for (int i = 0; i < sent.path("messages").size(); i++) {
            for (JsonNode part : sent.path("messages").get(i).path("content")) {
                if (part.has("cache_control")) {
                    found.add("message " + i);
                }
            }
        }
        return found;
    }

    // ---- prompt_cache_key

    @Test
    void requestsWithTheSameInstructionsShareAKey() throws Exception {
        String one = key("openai/m", chat(LONG, "Hello"));
        assertThat(one).matches("serai-[0-9a-f]{24}");
        assertThat(key("openai/m", chat(LONG, "Something else"))).isEqualTo(one);
        assertThat(key("openai/m", chat(LONG + "!", "Hello"))).isNotEqualTo(one);
        assertThat(key("openai/m", withTool(chat(LONG, "Hello")))).isNotEqualTo(one);
    }

    @Test
    void aConversationWithoutInstructionsKeepsItsKey() throws Exception {
        ObjectNode begun = chat("", LONG);
        begun.withArray("messages").remove(0);
        ObjectNode later = chat("", LONG, "Yes?", "Go on");
        later.withArray("messages").remove(0);
        assertThat(key("openai/m", begun)).isNotNull().isEqualTo(key("openai/m", later));
    }

    @Test
    void theConfiguredKeyIsSent() throws Exception {
        assertThat(key("deepseek/m", chat(LONG, "Hello"))).isEqualTo("team-7");
    }

    @Test
    void theClientsOwnKeyWins() throws Exception {
        ObjectNode body = chat(LONG, "Hello").put("prompt_cache_key", "mine");
        assertThat(key("deepseek/m", body)).isEqualTo("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off/m", "lab/m", "openrouter/anthropic/claude-sonnet-4"})
    void noKeyIsSentWhereNoneIsWanted(String model) throws Exception {
        assertThat(key(model, chat(LONG, "Hello"))).isNull();
    }

    @Test
    void aShortPromptHasNoKey() throws Exception {
        assertThat(key("openai/m", chat("Be brief.", "Hello"))).isNull();
    }

    @Test
    void aProviderThatRefusesTheKeyIsAskedWithoutIt() throws Exception {
        stub.enqueue(Scripts.status(
                400,
                "{\"error\":{\"message\":\"Unknown parameter: 'prompt_cache_key'.\",\"type\":\"invalid_request_error\","
                        + "\"param\":\"prompt_cache_key\",\"code\":\"unknown_parameter\"}}"));
        assertThat(key("openai/m", chat(LONG, "Hello"))).isNull();
    }

    @Test
    void whatGoesToOpenAiIsWhatItTakes() throws Exception {
        sent("openai/m", withTool(chat(LONG, "Hello")));
        assertThat(new OpenAiRules().apply(stub.lastRequest())).isEmpty();
    }

    // ---- cache_control

    @Test
    void theLastToolTheInstructionsAndTheLastTwoStableMessagesAreMarked() throws Exception {
        ObjectNode body = withTool(chat(LONG, "one", "two", "three", "four", "five"));
        JsonNode sent = sent("openrouter/anthropic/claude-sonnet-4", body);
        assertThat(marks(sent)).containsExactly("tool 1", "message 0", "message 3", "message 4");
        JsonNode part = sent.path("messages").get(4).path("content").get(0);
        assertThat(part)
                .isEqualTo(JSON.readTree(
                        "{\"type\":\"text\",\"text\":\"four\",\"cache_control\":{\"type\":\"ephemeral\"}}"));
        assertThat(sent.path("messages").get(5).path("content").asText()).isEqualTo("five");
    }

    @Test
    void theLastTextOfSeveralPartsIsMarkedAndTheRestStays() throws Exception {
        ObjectNode body = chat(LONG, "x", "y");
        ArrayNode parts = ((ObjectNode) body.path("messages").get(1)).putArray("content");
        parts.addObject().put("type", "text").put("text", "a");
        parts.addObject().put("type", "text").put("text", "b");
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", "https://images.example/x.png");
        JsonNode content = sent("openrouter/google/gemini-2.5-pro", body)
                .path("messages")
                .get(1)
                .path("content");
        assertThat(content.get(0).has("cache_control")).isFalse();
        assertThat(content.get(1).path("cache_control").path("type").asText()).isEqualTo("ephemeral");
        assertThat(content.get(2)).isEqualTo(parts.get(2));
    }

    @Test
    void aMessageWithoutTextIsPassedOver() throws Exception {
        ObjectNode body = chat(LONG, "one", "two", "three");
        ((ObjectNode) body.path("messages").get(2)).putNull("content");
        assertThat(marks(sent("openrouter/anthropic/claude-sonnet-4", body))).containsExactly("message 0", "message 1");
    }

    @Test
    void aLongTimeIsSaidToClaudeOnly() throws Exception {
        JsonNode sent = sent("openrouter-hour/anthropic/claude-sonnet-4", chat(LONG, "Hello"));
        JsonNode mark = sent.path("messages").get(0).path("content").get(0).path("cache_control");
        assertThat(mark.path("ttl").asText()).isEqualTo("1h");
        JsonNode gemini = sent("openrouter-hour/google/gemini-2.5-pro", chat(LONG, "Hello"));
        mark = gemini.path("messages").get(0).path("content").get(0).path("cache_control");
        assertThat(mark.toString()).isEqualTo("{\"type\":\"ephemeral\"}");
    }

    @Test
    void theClientsOwnMarksWin() throws Exception {
        ObjectNode body = withTool(chat(LONG, "one", "two", "three"));
        ObjectNode part = ((ObjectNode) body.path("messages").get(1))
                .putArray("content")
                .addObject()
                .put("type", "text")
                .put("text", "one");
        part.putObject("cache_control").put("type", "ephemeral");
        JsonNode sent = sent("openrouter/anthropic/claude-sonnet-4", body);
        assertThat(marks(sent)).containsExactly("message 1");
        assertThat(sent.path("messages")).isEqualTo(body.path("messages"));
    }

    @Test
    void aMarkOfTheWholeRequestOrOfAToolIsTheClientsOwnToo() throws Exception {
        ObjectNode whole = chat(LONG, "one", "two", "three");
        whole.putObject("cache_control").put("type", "ephemeral");
        assertThat(marks(sent("openrouter/anthropic/claude-sonnet-4", whole))).isEmpty();
        ObjectNode tool = withTool(chat(LONG, "one", "two", "three"));
        ((ObjectNode) tool.at("/tools/0/function")).putObject("cache_control").put("type", "ephemeral");
        assertThat(marks(sent("openrouter/anthropic/claude-sonnet-4", tool))).isEmpty();
    }

    @Test
    void aShortPrefixIsNotMarked() throws Exception {
        JsonNode sent = sent("openrouter/anthropic/claude-sonnet-4", chat("Be brief.", "one", "two", "three"));
        assertThat(marks(sent)).isEmpty();
    }

    @Test
    void marksBeginWhereThePrefixIsLongEnough() throws Exception {
        JsonNode sent = sent("openrouter/anthropic/claude-sonnet-4", chat("Be brief.", "one", LONG, "three"));
        assertThat(marks(sent)).containsExactly("message 2");
    }

    @Test
    void modelsThatCacheByThemselvesAreNotMarked() throws Exception {
        assertThat(marks(sent("openrouter/openai/gpt-4o", chat(LONG, "one", "two", "three"))))
                .isEmpty();
    }
}
