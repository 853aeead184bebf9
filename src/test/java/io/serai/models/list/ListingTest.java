package io.serai.models.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.serai.models.ModelFacts;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each vendor's list in the shape that its documentation shows. */
class ListingTest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String HERE = "https://host.test/v1";

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text);
    }

    private static Map<String, ModelFacts> read(Listing listing, String answer) throws Exception {
        listing.read(json(answer));
        assertThat(listing.next()).isNull();
        return listing.models();
    }

    private static Map<String, ModelFacts> openAi(String answer) throws Exception {
        return read(new OpenAiListing(HERE), answer);
    }

    @Test
    void openRouterSaysEverything() throws Exception {
        // https://openrouter.ai/docs/models
        ModelFacts model = openAi("""
                {"data":[{"id":"google/gemini-2.5-pro-preview","canonical_slug":"x","name":"Gemini","created":1741818122,
                "description":"A model.\\nWith two lines.","context_length":1048576,
                "architecture":{"input_modalities":["file","image","text"],"output_modalities":["text"],
                "tokenizer":"Gemini","instruct_type":null},
                "pricing":{"prompt":"0.00000125","completion":"0.00001","request":"0","image":"0.00516","web_search":"0",
                "internal_reasoning":"0","input_cache_read":"0.00000031","input_cache_write":"0.000001625","discount":0},
                "top_provider":{"context_length":1048576,"max_completion_tokens":65536,"is_moderated":false},
                "per_request_limits":null,"supported_parameters":["max_tokens","tools","reasoning","structured_outputs"]}]}
                """).get("google/gemini-2.5-pro-preview");
        assertThat(model.contextWindow()).isEqualTo(1048576);
        assertThat(model.maxOutputTokens()).isEqualTo(65536);
        assertThat(model.inputModalities()).containsExactly("file", "image", "text");
        assertThat(model.outputModalities()).containsExactly("text");
        assertThat(model.supportedParameters()).contains("tools", "reasoning");
        assertThat(model.capabilities())
                .containsExactlyInAnyOrder("tool_calling", "reasoning", "json_schema", "vision");
        assertThat(model.description()).isEqualTo("A model. With two lines.");
        assertThat(model.prices().usd())
                .containsEntry("prompt", new BigDecimal("0.00000125"))
                .containsEntry("completion", new BigDecimal("0.00001"))
                .containsEntry("input_cache_read", new BigDecimal("0.00000031"))
                .containsEntry("input_cache_write", new BigDecimal("0.000001625"))
                .containsEntry("image", new BigDecimal("0.00516"))
                .doesNotContainKey("discount");
    }

    @Test
    void openRoutersMinusOneIsNoPrice() throws Exception {
        ModelFacts auto = openAi("""
                {"data":[{"id":"openrouter/auto","pricing":{"prompt":"-1","completion":"-1"},"context_length":2000000}]}
                """).get("openrouter/auto");
        assertThat(auto.prices().usd()).isEmpty();
        assertThat(auto.contextWindow()).isEqualTo(2000000);
    }

    @Test
    void groqsInactiveModelsAreLeftOut() throws Exception {
        // https://console.groq.com/docs/api-reference#models-list
        Map<String, ModelFacts> models = openAi("""
                {"object":"list","data":[
                {"id":"gemma2-9b-it","object":"model","created":1693721698,"owned_by":"Google","active":true,
                "context_window":8192,"public_apps":null,"max_completion_tokens":8000},
                {"id":"gone","object":"model","active":false,"context_window":8192}]}
                """);
        assertThat(models).containsOnlyKeys("gemma2-9b-it");
        assertThat(models.get("gemma2-9b-it").contextWindow()).isEqualTo(8192);
        assertThat(models.get("gemma2-9b-it").maxOutputTokens()).isEqualTo(8000);
    }

    @Test
    void mistralSaysWhatAModelCanDo() throws Exception {
        // https://docs.mistral.ai/api/#tag/models
        ModelFacts model = openAi("""
                {"object":"list","data":[{"id":"mistral-small","object":"model","owned_by":"mistralai",
                "capabilities":{"completion_chat":true,"completion_fim":false,"function_calling":true,"vision":true,
                "classification":false},"max_context_length":131072,"description":"Small","type":"base"}]}
                """).get("mistral-small");
        assertThat(model.contextWindow()).isEqualTo(131072);
        assertThat(model.capabilities()).containsExactlyInAnyOrder("tool_calling", "vision");
    }

    @Test
    void togethersPricesAreForAMillion() throws Exception {
        // https://docs.together.ai/reference/models-1
        Map<String, ModelFacts> models = openAi("""
                [{"id":"a/chat","object":"model","type":"chat","context_length":131072,
                "pricing":{"hourly":0,"input":0.88,"output":0.9,"base":0,"finetune":0}},
                {"id":"a/flux","object":"model","type":"image","pricing":{"hourly":0,"input":0,"output":0}}]
                """);
        assertThat(models.get("a/chat").prices().of("prompt")).isEqualByComparingTo("0.00000088");
        assertThat(models.get("a/chat").prices().of("completion")).isEqualByComparingTo("0.0000009");
        assertThat(models.get("a/flux").prices().usd()).isEmpty();
        assertThat(models.get("a/flux").capabilities()).containsExactly("images");
    }

    @Test
    void vllmSaysHowMuchItTakes() throws Exception {
        assertThat(openAi("{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"max_model_len\":4096}]}")
                        .get("m")
                        .contextWindow())
                .isEqualTo(4096);
    }

    @Test
    void deepSeekSaysNamesOnly() throws Exception {
        // https://api-docs.deepseek.com/api/list-models
        assertThat(openAi("{\"object\":\"list\",\"data\":[{\"id\":\"deepseek-chat\",\"object\":\"model\","
                        + "\"owned_by\":\"deepseek\"}]}"))
                .containsEntry("deepseek-chat", ModelFacts.NONE);
    }

    @Test
    void anthropicIsReadPageByPage() throws Exception {
        // https://platform.claude.com/docs/en/api/models/list
        AnthropicListing listing = new AnthropicListing("https://host.test", "2023-06-01");
        assertThat(listing.next().url()).isEqualTo("https://host.test/v1/models?limit=1000");
        assertThat(listing.next().headers()).containsEntry("anthropic-version", "2023-06-01");
        listing.read(json("""
                {"data":[{"id":"claude-a","type":"model","display_name":"Claude A","created_at":"2026-02-04T00:00:00Z",
                "max_input_tokens":1000000,"max_tokens":128000,"capabilities":{
                "image_input":{"supported":true},"pdf_input":{"supported":true},"structured_outputs":{"supported":true},
                "thinking":{"supported":true,"types":{}},"batch":{"supported":true}}}],
                "has_more":true,"first_id":"claude-a","last_id":"claude-a"}
                """));
        assertThat(listing.next().url()).isEqualTo("https://host.test/v1/models?limit=1000&after_id=claude-a");
        listing.read(json("""
                {"data":[{"id":"claude-b","type":"model","display_name":"B","created_at":"2025-01-01T00:00:00Z"}],
                "has_more":false,"first_id":"claude-b","last_id":"claude-b"}
                """));
        assertThat(listing.next()).isNull();
        assertThat(listing.models()).containsOnlyKeys("claude-a", "claude-b");
        ModelFacts model = listing.models().get("claude-a");
        assertThat(model.contextWindow()).isEqualTo(1000000);
        assertThat(model.maxOutputTokens()).isEqualTo(128000);
        assertThat(model.capabilities()).containsExactly("json_schema", "reasoning", "vision");
        assertThat(model.inputModalities()).containsExactly("text", "image", "file");
        assertThat(listing.models().get("claude-b").capabilities()).isEmpty();
    }

    @Test
    void googleIsReadPageByPageWithoutItsPrefix() throws Exception {
        // https://ai.google.dev/api/models#method:-models.list
        GoogleListing listing = new GoogleListing("https://host.test");
        assertThat(listing.next().url()).isEqualTo("https://host.test/v1beta/models?pageSize=1000");
        listing.read(json("""
                {"models":[{"name":"models/gemini-2.5-flash","version":"001","displayName":"Gemini","description":"Fast.",
                "inputTokenLimit":1048576,"outputTokenLimit":65536,"thinking":true,
                "supportedGenerationMethods":["generateContent","countTokens"]}],"nextPageToken":"a/b="}
                """));
        assertThat(listing.next().url()).isEqualTo("https://host.test/v1beta/models?pageSize=1000&pageToken=a%2Fb%3D");
        listing.read(json("""
                {"models":[{"name":"models/text-embedding-004","inputTokenLimit":2048,"outputTokenLimit":1,
                "supportedGenerationMethods":["embedContent"]}]}
                """));
        assertThat(listing.next()).isNull();
        assertThat(listing.models()).containsOnlyKeys("gemini-2.5-flash", "text-embedding-004");
        assertThat(listing.models().get("gemini-2.5-flash").maxOutputTokens()).isEqualTo(65536);
        assertThat(listing.models().get("gemini-2.5-flash").capabilities()).containsExactly("reasoning");
        assertThat(listing.models().get("text-embedding-004").capabilities()).containsExactly("embeddings");
    }

    @Test
    void ollamaIsAskedForEachModel() throws Exception {
        // https://docs.ollama.com/api/tags, https://docs.ollama.com/api-reference/show-model-details
        OllamaListing listing = new OllamaListing("http://127.0.0.1:11434");
        assertThat(listing.next().url()).isEqualTo("http://127.0.0.1:11434/api/tags");
        listing.read(
                json("{\"models\":[{\"name\":\"gemma3:4b\",\"model\":\"gemma3:4b\",\"size\":1},{\"name\":\"gone\"},"
                        + "{\"name\":\"nomic\"}]}"));
        assertThat(listing.next().url()).isEqualTo("http://127.0.0.1:11434/api/show");
        assertThat(new String(listing.next().body(), StandardCharsets.UTF_8)).isEqualTo("{\"model\":\"gemma3:4b\"}");
        listing.read(json("""
                {"details":{"family":"gemma3"},"model_info":{"general.architecture":"gemma3",
                "gemma3.context_length":131072,"gemma3.embedding_length":2560},
                "capabilities":["completion","vision","tools","thinking"]}
                """));
        assertThat(listing.goesOnWithout()).isTrue(); // "gone" is
        listing.read(json("{\"capabilities\":[\"embedding\"]}"));
        assertThat(listing.next()).isNull();
        assertThat(listing.models()).containsOnlyKeys("gemma3:4b", "gone", "nomic");
        assertThat(listing.models().get("gemma3:4b").contextWindow()).isEqualTo(131072);
        assertThat(listing.models().get("gemma3:4b").capabilities())
                .containsExactly("vision", "tool_calling", "reasoning");
        assertThat(listing.models().get("nomic").capabilities()).containsExactly("embeddings");
    }

    @Test
    void ollamaIsAskedForFiftyAtMost() throws Exception {
        OllamaListing listing = new OllamaListing("http://127.0.0.1:11434");
        listing.read(json(IntStream.range(0, 80)
                .mapToObj(i -> "{\"name\":\"m" + i + "\"}")
                .collect(Collectors.joining(",", "{\"models\":[", "]}"))));
        int asked = 0;
        while (listing.next() != null) {
            asked++;
            listing.read(json("{}"));
        }
        assertThat(asked).isEqualTo(50);
        assertThat(listing.models()).hasSize(80);
    }

    @Test
    void pagesThatNeverEndAreNotFollowed() throws Exception {
        AnthropicListing same = new AnthropicListing("https://host.test", "2023-06-01");
        AnthropicListing other = new AnthropicListing("https://host.test", "2023-06-01");
        int pages = 0;
        while (same.next() != null) {
            same.read(json("{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":\"a\"}"));
            pages++;
        }
        assertThat(pages).isEqualTo(2); // the second brought nothing new
        for (pages = 0; other.next() != null; pages++) {
            other.read(json("{\"data\":[{\"id\":\"a" + pages + "\"}],\"has_more\":true,\"last_id\":\"a\"}"));
        }
        assertThat(pages).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1, null, \"x\"]",
                "{\"data\":{}}",
                "{\"data\":null}",
                "\"text\"",
                "7",
                "{\"error\":{\"message\":\"no\"}}"
            })
    void whatIsNoListIsRefusedOrEmpty(String answer) throws Exception {
        OpenAiListing listing = new OpenAiListing(HERE);
        if (answer.startsWith("[")) {
            listing.read(json(answer));
            assertThat(listing.models()).isEmpty();
        } else {
            assertThatThrownBy(() -> listing.read(json(answer))).isInstanceOf(NoListException.class);
        }
        assertThatThrownBy(() -> new AnthropicListing(HERE, "2023-06-01").read(json(answer)))
                .isInstanceOf(NoListException.class);
        assertThatThrownBy(() -> new GoogleListing(HERE).read(json(answer))).isInstanceOf(NoListException.class);
        assertThatThrownBy(() -> new OllamaListing(HERE).read(json(answer))).isInstanceOf(NoListException.class);
    }

    @Test
    void idsThatNobodyCouldAskForAreLeftOut() throws Exception {
        String longest = "x".repeat(257);
        assertThat(openAi(
                        "{\"data\":[{\"id\":\"ok\"},{\"id\":\"ok\",\"context_length\":5},{\"id\":\"\"},{\"id\":\"a b\"},"
                                + "{\"id\":\"a\\u0000b\"},{\"id\":\"a\\nb\"},{\"id\":\"a\\u2028b\"},{\"id\":null},{},{\"id\":\""
                                + longest + "\"}]}"))
                .containsOnlyKeys("ok")
                .containsEntry("ok", ModelFacts.NONE); // the first of two counts
    }

    @Test
    void numbersThatCanNotBeTrueAreNotBelieved() throws Exception {
        ModelFacts model = openAi("""
                {"data":[{"id":"m","context_length":-4,"context_window":99999999999999999999999,"max_model_len":"8192",
                "max_completion_tokens":0,"top_provider":{"max_completion_tokens":1e300},
                "pricing":{"prompt":"2.50","completion":"cheap","request":"NaN","image":{},"input_cache_read":1e-7,
                "input_cache_write":"1e999999999"},"supported_parameters":"all","architecture":[],"description":{}}]}
                """).get("m");
        assertThat(model.contextWindow()).isNull();
        assertThat(model.maxOutputTokens()).isNull();
        assertThat(model.prices().usd()).containsOnlyKeys("input_cache_read");
    }

    @Test
    void ofAHundredThousandModelsTwentyThousandAreKept() throws Exception {
        String list = IntStream.range(0, 100_000)
                .mapToObj(i -> "{\"id\":\"m" + i + "\"}")
                .collect(Collectors.joining(",", "{\"data\":[", "]}"));
        assertThat(openAi(list)).hasSize(Listing.MOST_MODELS);
    }
}
