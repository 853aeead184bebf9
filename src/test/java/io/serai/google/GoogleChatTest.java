package io.serai.google;

import static io.serai.google.Gemini.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the matrix has no row for: models and their thinking, files, Gemini's own parameters, and answers of other kinds. */
final class GoogleChatTest {
    private static final String CALL = """
            {"role":"user","content":"Look."},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",\
            "function":{"name":"look","arguments":"%s"}}]}""";

    private static Gemini gemini;
    private static TestBroker broker;
    private static TestBroker strict;

    @BeforeAll
    static void start() throws Exception {
        gemini = new Gemini();
        broker = gemini.broker().set("serai.retry.max-wait", "0").start();
        strict = gemini.broker().set("serai.params", "strict").start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        strict.close();
        gemini.close();
    }

    private static HttpResponse<String> messages(String model, String messages, String... more) throws Exception {
        return broker.post(
                "/v1/chat/completions",
                "{\"model\":\"google/" + model + "\",\"messages\":[" + messages + "]"
                        + String.join("", Arrays.stream(more).map(m -> "," + m).toList()) + "}");
    }

    private static String content(String parts) {
        return "{\"role\":\"user\",\"content\":[" + parts + "]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemini-2.5-flash", "models/gemini-2.5-flash"})
    void aModelMayBeNamedEitherWay(String name) throws Exception {
        HttpResponse<String> answer = broker.chat("google/" + name);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(gemini.stub.lastRequest().target()).isEqualTo("/v1beta/models/gemini-2.5-flash:generateContent");
        assertThat(gemini.stub.lastRequest().header("x-goog-api-key")).isEqualTo("sk-upstream-google");
        assertThat(gemini.stub.lastRequest().headers().contains("authorization"))
                .isFalse();
        assertThat(json(answer).path("model").asText()).isEqualTo("gemini-served");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "gemini-3-flash-preview | minimal | {\"thinkingLevel\":\"minimal\",\"includeThoughts\":true} | false",
                "gemini-3-flash-preview | low | {\"thinkingLevel\":\"low\",\"includeThoughts\":true} | false",
                "gemini-3.1-pro-preview | medium | {\"thinkingLevel\":\"medium\",\"includeThoughts\":true} | false",
                "gemini-3-pro-preview | medium | {\"thinkingLevel\":\"high\",\"includeThoughts\":true} | true",
                "gemini-3.1-pro-preview | minimal | {\"thinkingLevel\":\"low\",\"includeThoughts\":true} | true",
                "gemini-3.5-flash | xhigh | {\"thinkingLevel\":\"high\",\"includeThoughts\":true} | false",
                "gemini-flash-latest | max | {\"thinkingLevel\":\"high\",\"includeThoughts\":true} | false",
                "gemini-3.5-flash | none | - | true",
                "gemini-2.5-flash | none | {\"thinkingBudget\":0} | false",
                "gemini-2.5-flash-lite | high | {\"thinkingBudget\":4096,\"includeThoughts\":true} | false",
                "gemini-2.5-pro | max | {\"thinkingBudget\":16384,\"includeThoughts\":true} | false",
                "gemini-2.5-pro | none | - | true",
                "gemini-2.0-flash | high | - | true",
                "gemma-3-27b-it | none | - | false"
            })
    void effortIsALevelOrABudget(String model, String effort, String thinking, boolean adapted) throws Exception {
        HttpResponse<String> answer = broker.chat("google/" + model, "\"reasoning_effort\":\"" + effort + "\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode sent = gemini.sent().path("generationConfig").path("thinkingConfig");
        assertThat(sent).isEqualTo(thinking == null ? json("{}").path("none") : json(thinking));
        assertThat(Gemini.adapted(answer).contains("reasoning_effort")).isEqualTo(adapted);
    }

    @Test
    void geminisOwnWordsPass() throws Exception {
        HttpResponse<String> answer = broker.chat(
                "google/gemini-2.5-flash",
                "\"extra_body\":{\"google\":{\"thinking_config\":{\"thinking_budget\":77,\"include_thoughts\":true},"
                        + "\"tools\":[{\"google_search\":{}}]}}",
                "\"safety_settings\":[{\"category\":\"HARM_CATEGORY_HARASSMENT\",\"threshold\":\"BLOCK_NONE\"}]",
                "\"top_k\":5",
                "\"service_tier\":\"flex\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(gemini.sent().path("generationConfig"))
                .isEqualTo(json("{\"thinkingConfig\":{\"thinkingBudget\":77,\"includeThoughts\":true},\"topK\":5}"));
        assertThat(gemini.sent()
                        .path("safetySettings")
                        .path(0)
                        .path("threshold")
                        .asText())
                .isEqualTo("BLOCK_NONE");
        assertThat(gemini.sent().path("tools")).isEqualTo(json("[{\"googleSearch\":{}}]"));
        assertThat(gemini.sent().path("serviceTier").asText()).isEqualTo("flex");
        assertThat(Gemini.adapted(answer)).isEmpty();
    }

    @Test
    void filesOfEveryKindArrive() throws Exception {
        HttpResponse<String> answer = messages(
                "gemini-2.5-flash",
                content(
                        "{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,JVBERi0=\"}},"
                                + "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"UklGRg==\",\"format\":\"wav\"}},"
                                + "{\"type\":\"file\",\"file\":{\"file_id\":\"files/abc-123\"}}"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(gemini.sent().path("contents").path(0).path("parts"))
                .isEqualTo(json("[{\"inlineData\":{\"mimeType\":\"application/pdf\",\"data\":\"JVBERi0=\"}},"
                        + "{\"inlineData\":{\"mimeType\":\"audio/wav\",\"data\":\"UklGRg==\"}},"
                        + "{\"fileData\":{\"fileUri\":\"" + gemini.stub.origin() + "/v1beta/files/abc-123\"}}]"));
    }

    @ParameterizedTest
    @CsvSource({"gemini-3-flash-preview,true", "gemini-2.5-flash,false"})
    void aPictureInAResultSurvives(String model, boolean inside) throws Exception {
        HttpResponse<String> answer = messages(
                model,
                CALL.formatted("{}")
                        + ",{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":[{\"type\":\"text\",\"text\":\"Seen.\"},"
                        + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBORw0KGgo=\"}}]}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode parts = gemini.sent().path("contents").path(2).path("parts");
        assertThat(parts.path(0).path("functionResponse").path("response")).isEqualTo(json("{\"result\":\"Seen.\"}"));
        JsonNode picture =
                inside ? parts.path(0).path("functionResponse").path("parts").path(0) : parts.path(1);
        assertThat(picture.path("inlineData").path("data").asText()).isEqualTo("iVBORw0KGgo=");
    }

    @Test
    void itsOwnThoughtsGoBackWithTheirSignature() throws Exception {
        HttpResponse<String> answer = messages(
                "gemini-3-flash-preview",
                "{\"role\":\"user\",\"content\":\"Is 91 prime?\"},{\"role\":\"assistant\",\"content\":\"No.\","
                        + "\"reasoning_content\":\"7 times 13.\","
                        + "\"extra_content\":{\"google\":{\"thought_signature\":\"CpsBAcu9\"}}},"
                        + "{\"role\":\"user\",\"content\":\"And 97?\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(gemini.sent().path("contents").path(1).path("parts"))
                .isEqualTo(
                        json(
                                "[{\"thought\":true,\"text\":\"7 times 13.\"},{\"text\":\"No.\",\"thoughtSignature\":\"CpsBAcu9\"}]"));
        assertThat(Gemini.adapted(answer)).isEmpty();
    }

    @Test
    void instructionsAloneAreSaidByTheUser() throws Exception {
        HttpResponse<String> answer = messages("gemini-2.5-flash", "{\"role\":\"system\",\"content\":\"Say hello.\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(gemini.sent())
                .isEqualTo(json("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Say hello.\"}]}]}"));
        assertThat(Gemini.adapted(answer)).containsExactly("messages[].role");
    }

    @Test
    void whatACallHasNoResultForIsToldByGoogle() throws Exception {
        HttpResponse<String> answer = messages("gemini-2.5-flash", CALL.formatted("{}"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("message").asText()).contains("number of function response parts");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "messages[1].tool_calls[].function.arguments | [%s,{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"x\"}] | {half",
                "messages[2].tool_call_id | [%s,{\"role\":\"tool\",\"tool_call_id\":\"other\",\"content\":\"x\"}] | {}",
                "messages[2].role | [%s,{\"role\":\"wizard\",\"content\":\"x\"}] | {}",
                "messages[].content[].type | [%s,{\"role\":\"user\",\"content\":[{\"type\":\"hologram\"}]}] | {}",
                "messages[].content[].image_url | [%s,{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"file:///etc/passwd\"}}]}] | {}"
            })
    void whatCantBeSaidIsRefusedByName(String param, String messages, String arguments) throws Exception {
        int before = gemini.stub.requests().size();
        String all = messages.substring(1, messages.length() - 1).formatted(CALL.formatted(arguments));

        HttpResponse<String> answer = messages("gemini-2.5-flash", all);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").path("param").asText()).isEqualTo(param);
        assertThat(gemini.stub.requests()).hasSize(before);
    }

    @Test
    void anAddressIsRefusedForModelsThatFetchNothing() throws Exception {
        HttpResponse<String> answer = messages(
                "gemini-2.0-flash",
                content("{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://images.example/cat.png\"}}"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("param").asText()).isEqualTo("messages[].content[].image_url");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user | \"user\":\"u1\"",
                "logit_bias | \"logit_bias\":{\"5\":1}",
                "temperature | \"temperature\":2.5",
                "stop | \"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]",
                "parallel_tool_calls | \"parallel_tool_calls\":false,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "tools[].function.parameters.pattern | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"x+\"}}}}}]",
                "audio | \"audio\":{\"voice\":\"Kore\",\"format\":\"wav\"}",
                "store | \"store\":true"
            })
    void strictModeRefusesWhatGeminiHasNot(String param, String field) throws Exception {
        HttpResponse<String> answer = strict.chat("google/gemini-2.5-flash", field);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).path("error").path("param").asText()).isEqualTo(param);
        assertThat(json(answer).path("error").path("code").asText()).isEqualTo("unsupported_parameter");
    }

    @Test
    void aStumbleOfTheModelIsTriedAgain() throws Exception {
        gemini.stub.enqueue(Scripts.status(
                200,
                "{\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\",\"index\":0}],\"responseId\":\"r\"}"));
        try (TestBroker patient = gemini.broker().start()) {
            HttpResponse<String> answer = patient.chat("google/gemini-2.5-flash");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("2");
        }
    }

    @Test
    void picturesSpeechAndSourcesAreInTheAnswer() throws Exception {
        String parts = "{\"text\":\"See.\"},{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"iVBORw0KGgo=\"}},"
                + "{\"inlineData\":{\"mimeType\":\"audio/L16;rate=24000\",\"data\":\"AAAA\"}},{\"hologram\":{}}";
        gemini.on(
                "gemini-2.5-shows",
                Scripts.status(
                        200,
                        Gemini.answer(parts, "STOP")
                                .replace(
                                        "\"index\":0",
                                        "\"index\":0,\"groundingMetadata\":{\"webSearchQueries\":[\"cats\"]},"
                                                + "\"logprobsResult\":{\"chosenCandidates\":[{\"token\":\"See\",\"logProbability\":-0.5}],"
                                                + "\"topCandidates\":[{\"candidates\":[{\"token\":\"Look\",\"logProbability\":-1}]}]}")));

        HttpResponse<String> answer = broker.chat(
                "google/gemini-2.5-shows",
                "\"logprobs\":true",
                "\"top_logprobs\":1",
                "\"modalities\":[\"text\",\"image\"]");

        JsonNode choice = json(answer).path("choices").path(0);
        JsonNode message = choice.path("message");
        assertThat(message.path("content").asText()).isEqualTo("See.");
        assertThat(message.path("images").path(0).path("image_url").path("url").asText())
                .isEqualTo("data:image/png;base64,iVBORw0KGgo=");
        assertThat(message.path("audio").path("data").asText()).isEqualTo("AAAA");
        assertThat(message.path("extra_content")
                        .path("google")
                        .path("grounding_metadata")
                        .path("webSearchQueries"))
                .isEqualTo(json("[\"cats\"]"));
        assertThat(choice.path("logprobs")
                        .path("content")
                        .path(0)
                        .path("top_logprobs")
                        .path(0)
                        .path("token")
                        .asText())
                .isEqualTo("Look");
        assertThat(gemini.sent().path("generationConfig"))
                .isEqualTo(
                        json("{\"responseLogprobs\":true,\"logprobs\":1,\"responseModalities\":[\"TEXT\",\"IMAGE\"]}"));
    }

    /** Gemini's streams end with the transfer: what the engine does a second after that must not meet the next request. */
    @Test
    void aStreamThatEndedLeavesTheNextOneAlone() throws Exception {
        String event = "data: " + Gemini.HELLO + "\n\n";
        gemini.on("gemini-2.5-slow", Scripts.events(event).headersAfter(Duration.ofMillis(1_300)));
        broker.chat("google/gemini-2.5-flash", "\"stream\":true");

        HttpResponse<String> answer = broker.chat("google/gemini-2.5-slow", "\"stream\":true");

        assertThat(answer.body()).contains("data: [DONE]");
        assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");
    }

    @Test
    void tokensStandInTheirBuckets() throws Exception {
        gemini.on(
                "gemini-2.5-counts",
                Scripts.status(
                        200,
                        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
                                + "\"promptTokenCount\":100,\"cachedContentTokenCount\":40,\"candidatesTokenCount\":10,"
                                + "\"thoughtsTokenCount\":30,\"toolUsePromptTokenCount\":7,\"totalTokenCount\":147,"
                                + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":80},"
                                + "{\"modality\":\"AUDIO\",\"tokenCount\":20}]}}"));

        JsonNode usage = json(broker.chat("google/gemini-2.5-counts")).path("usage");

        assertThat(usage)
                .isEqualTo(json("{\"prompt_tokens\":107,\"completion_tokens\":40,\"total_tokens\":147,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":40,\"audio_tokens\":20},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":30},\"effective_context\":107}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_API_KEYS"})
    void aKeyInTheEnvironmentIsEnough(String variable) throws Exception {
        try (TestBroker bare = TestBroker.with()
                .env(variable, "AIza-from-the-environment")
                .env("GOOGLE_BASE_URL", gemini.stub.origin() + "/v1beta/")
                .start()) {
            HttpResponse<String> answer = bare.chat("google/gemini-2.5-flash");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(gemini.stub.lastRequest().header("x-goog-api-key")).isEqualTo("AIza-from-the-environment");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNameThatWasAskedForIsEchoedWhenWanted(boolean stream) throws Exception {
        try (TestBroker echoing =
                gemini.broker().set("serai.response.echo-model", "true").start()) {
            HttpResponse<String> answer = echoing.chat("google/gemini-2.5-flash", "\"stream\":" + stream);

            assertThat(answer.body())
                    .contains("\"model\":\"google/gemini-2.5-flash\"")
                    .doesNotContain("gemini-served");
        }
    }
}
