package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the vendor receives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RequestTest {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static final String CITY = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}";
    private static final String TOOL =
            "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":" + CITY + "}}";

    private AnthropicBroker vendor;

    @BeforeAll
    void start() throws Exception {
        vendor = new AnthropicBroker();
    }

    @AfterAll
    void stop() throws Exception {
        vendor.close();
    }

    private JsonNode messages(String messages) throws Exception {
        return vendor.sent("m", "\"messages\":[" + messages + "]").path("messages");
    }

    @Test
    void theKeyAndTheVersionGoOutAndNoHeaderOfTheClients() throws Exception {
        vendor.broker()
                .post(
                        "/v1/chat/completions",
                        "{\"model\":\"claude/m\"," + HELLO + "}",
                        "content-type",
                        "application/json",
                        "anthropic-version",
                        "1999-01-01",
                        "anthropic-beta",
                        "mine");

        assertThat(vendor.stub().lastRequest().path()).isEqualTo("/v1/messages");
        assertThat(vendor.stub().lastRequest().header("x-api-key")).isEqualTo("sk-upstream-claude");
        assertThat(vendor.stub().lastRequest().header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(vendor.stub().lastRequest().header("anthropic-beta")).isNull();
        assertThat(vendor.stub().lastRequest().header("authorization")).isNull();
    }

    @Test
    void resultsOfToolsComeTogetherBeforeWhatTheUserSaysAndKeepTheirImages() throws Exception {
        JsonNode messages = messages("""
                {"role":"user","content":"Look."},
                {"role":"assistant","content":"","tool_calls":[
                  {"id":"a","type":"function","function":{"name":"f","arguments":""}},
                  {"id":"b","type":"function","function":{"name":"f","arguments":"{\\"x\\":1.50}"}}]},
                {"role":"tool","tool_call_id":"a","content":[
                  {"type":"image_url","image_url":{"url":"data:image/jpg;base64,AAAA"}}]},
                {"role":"user","content":"Well?"},
                {"role":"tool","tool_call_id":"b","content":""}""");

        assertThat(messages).isEqualTo(AnthropicBroker.json("""
                [{"role":"user","content":[{"type":"text","text":"Look."}]},
                 {"role":"assistant","content":[
                   {"type":"tool_use","id":"a","name":"f","input":{}},
                   {"type":"tool_use","id":"b","name":"f","input":{"x":1.50}}]},
                 {"role":"user","content":[
                   {"type":"tool_result","tool_use_id":"a","content":[
                     {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}}]},
                   {"type":"tool_result","tool_use_id":"b"},
                   {"type":"text","text":"Well?"}]}]"""));
    }

    @Test
    void idsOutsideTheVendorsAlphabetAreWrittenTheSameWayOnBothSidesAndStayDifferent() throws Exception {
        JsonNode messages = messages("""
                {"role":"user","content":"Go."},
                {"role":"assistant","tool_calls":[
                  {"id":"call:1","type":"function","function":{"name":"f","arguments":"{}"}},
                  {"id":"call.1","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"call:1","content":"one"},
                {"role":"tool","tool_call_id":"call.1","content":"two"}""");

        JsonNode calls = messages.path(1).path("content");
        JsonNode results = messages.path(2).path("content");
        assertThat(calls.path(0).path("id").asText())
                .startsWith("call_1_")
                .isNotEqualTo(calls.path(1).path("id").asText());
        assertThat(results.path(0).path("tool_use_id")).isEqualTo(calls.path(0).path("id"));
        assertThat(results.path(1).path("tool_use_id")).isEqualTo(calls.path(1).path("id"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\\\"city\\\": | messages[1].tool_calls[0].function.arguments",
                "[1] | messages[1].tool_calls[0].function.arguments",
                "{} {} | messages[1].tool_calls[0].function.arguments",
            })
    void argumentsThatAreNoJsonObjectAreRefusedByName(String arguments, String param) throws Exception {
        int before = vendor.stub().requests().size();

        HttpResponse<String> reply = vendor.ask("m", """
                "messages":[{"role":"user","content":"Go."},
                {"role":"assistant","tool_calls":[
                  {"id":"a","type":"function","function":{"name":"f","arguments":"%s"}}]},
                {"role":"tool","tool_call_id":"a","content":"x"}]""".formatted(arguments));

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
        JsonNode error = AnthropicBroker.json(reply.body()).path("error");
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("code").asText()).isEqualTo("invalid_value");
        assertThat(vendor.stub().requests()).hasSize(before);
    }

    @Test
    void documentsGoOutAsDataAndAsUrl() throws Exception {
        JsonNode messages = messages("""
                {"role":"user","content":[
                  {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},
                  {"type":"file","file":{"file_data":"JVBERi0="}},
                  {"type":"file","file":{"file_data":"https://files.example/b.pdf"}},
                  {"type":"file","file":{"filename":"c.txt","file_data":"data:text/plain;base64,SGVsbG8="}},
                  {"type":"text","text":"Compare."}]}""");

        assertThat(messages.path(0).path("content")).isEqualTo(AnthropicBroker.json("""
                [{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"a.pdf"},
                 {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}},
                 {"type":"document","source":{"type":"url","url":"https://files.example/b.pdf"}},
                 {"type":"document","source":{"type":"text","media_type":"text/plain","data":"Hello"},"title":"c.txt"},
                 {"type":"text","text":"Compare."}]"""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}} | messages[].content[].input_audio",
                "{\"type\":\"hologram\"} | messages[].content[].hologram",
            })
    void aPartThatTheVendorCannotTakeIsRefusedByName(String part, String param) throws Exception {
        HttpResponse<String> reply = vendor.ask("m", "\"messages\":[{\"role\":\"user\",\"content\":[" + part + "]}]");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
        assertThat(AnthropicBroker.json(reply.body())
                        .path("error")
                        .path("param")
                        .asText())
                .isEqualTo(param);
    }

    @Test
    void signedThinkingGoesBackAsItCameAndWhatIsUnsignedStaysAway() throws Exception {
        JsonNode messages = messages("""
                {"role":"user","content":"1+1?"},
                {"role":"assistant","content":"2","reasoning_content":"One and one.","thinking_blocks":[
                  {"type":"thinking","thinking":" One \\u00e9\\u0000 and\\n one.\\n","signature":"EqQB+/w=="},
                  {"type":"redacted_thinking","data":"Emw+/="},
                  {"type":"thinking","thinking":"another vendor's"},
                  {"type":"thinking","thinking":"another vendor's","signature":""}]},
                {"role":"user","content":"Sure?"},
                {"role":"assistant","content":[
                  {"type":"thinking","thinking":"among the parts","signature":"EqQC"},
                  {"type":"text","text":"Yes."}]},
                {"role":"user","content":"Really?"}""");

        assertThat(messages.path(3).path("content")).isEqualTo(AnthropicBroker.json("""
                [{"type":"thinking","thinking":"among the parts","signature":"EqQC"},
                 {"type":"text","text":"Yes."}]"""));

        assertThat(messages.path(1).path("content")).isEqualTo(AnthropicBroker.json("""
                [{"type":"thinking","thinking":" One \\u00e9\\u0000 and\\n one.\\n","signature":"EqQB+/w=="},
                 {"type":"redacted_thinking","data":"Emw+/="},
                 {"type":"text","text":"2"}]"""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"reasoning_content\":\"Hm.\" | messages[].reasoning_content",
                "\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"x\"}] | messages[].thinking_blocks",
                "\"reasoning_details\":[{\"type\":\"x\"}] | messages[].reasoning_details",
                "\"name\":\"Ann\" | messages[].name",
                "\"annotations\":[{\"type\":\"url_citation\"}],\"audio\":null,\"images\":[] | ''",
            })
    void whatAMessageLosesIsNamed(String field, String adapted) throws Exception {
        HttpResponse<String> reply = vendor.ask(
                "m",
                "\"messages\":[{\"role\":\"user\",\"content\":\"Is it?\"},{\"role\":\"assistant\","
                        + "\"content\":\"Yes.\"," + field + "},{\"role\":\"user\",\"content\":\"Sure?\"}]");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo(adapted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"auto\" | {\"type\":\"auto\"}",
                "\"none\" | {\"type\":\"none\"}",
                "\"required\" | {\"type\":\"any\"}",
                "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}} | {\"type\":\"tool\",\"name\":\"get_weather\"}",
            })
    void toolChoiceInEachForm(String said, String choice) throws Exception {
        JsonNode sent = vendor.sent("m", HELLO + ",\"tools\":[" + TOOL + "],\"tool_choice\":" + said);

        assertThat(sent.path("tool_choice")).isEqualTo(AnthropicBroker.json(choice));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | {\"type\":\"auto\",\"disable_parallel_tool_use\":true}",
                ",\"tool_choice\":\"required\" | {\"type\":\"any\",\"disable_parallel_tool_use\":true}",
                ",\"tool_choice\":\"none\" | {\"type\":\"none\"}",
            })
    void oneToolAtATimeIsSaidOnTheChoice(String more, String choice) throws Exception {
        JsonNode sent = vendor.sent("m", HELLO + ",\"tools\":[" + TOOL + "],\"parallel_tool_calls\":false" + more);

        assertThat(sent.path("tool_choice")).isEqualTo(AnthropicBroker.json(choice));
    }

    @Test
    void theVendorsOwnToolsGoOutAsTheyAre() throws Exception {
        String search = "{\"type\":\"web_search_20250305\",\"name\":\"web_search\",\"max_uses\":5}";

        assertThat(vendor.sent("m", HELLO + ",\"tools\":[" + search + "," + TOOL + "]")
                        .path("tools"))
                .isEqualTo(AnthropicBroker.json(
                        "[" + search + ",{\"name\":\"get_weather\",\"input_schema\":" + CITY + "}]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // 16384 is serai.anthropic.max-tokens, 64000 and 128000 what is known of the model
                "m | | 16384 | ''",
                "m | \"max_tokens\":5 | 5 | ''",
                "m | \"reasoning_effort\":\"max\" | 32768 | ''",
                "m | \"max_tokens\":5,\"max_completion_tokens\":7 | 7 | max_tokens",
                "claude-haiku-4-5 | | 64000 | ''",
                "claude-opus-5-5 | | 128000 | ''",
                "claude-haiku-4-5 | \"max_tokens\":100000 | 64000 | max_tokens",
            })
    void theLimitIsTheClientsElseTheModelsElseTheSettings(String model, String said, int limit, String adapted)
            throws Exception {
        HttpResponse<String> reply = vendor.ask(model, HELLO + (said == null ? "" : "," + said));

        assertThat(vendor.stub().lastRequest().json().path("max_tokens").asInt())
                .isEqualTo(limit);
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo(adapted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "m | \"temperature\":2 | {\"temperature\":1} | temperature",
                "m | \"temperature\":0,\"top_p\":0.5,\"top_k\":3 | {\"temperature\":0,\"top_p\":0.5,\"top_k\":3} | ''",
                "claude-haiku-4-5 | \"temperature\":0.5,\"top_p\":0.5 | {\"temperature\":0.5} | top_p",
                "claude-opus-5-5 | \"temperature\":0.5,\"top_p\":0.5,\"top_k\":3 | {} | temperature,top_k,top_p",
                "m | \"stop\":\"END\" | {\"stop_sequences\":[\"END\"]} | ''",
                "m | \"stop\":[\"END\",\"\\n\"] | {\"stop_sequences\":[\"END\"]} | stop",
                "m | \"stop\":\" \" | {} | stop",
                "m | \"user\":\"u1\" | {\"metadata\":{\"user_id\":\"u1\"}} | ''",
                "m | \"metadata\":{\"user_id\":\"u2\"} | {\"metadata\":{\"user_id\":\"u2\"}} | ''",
                "m | \"metadata\":{\"trace\":\"t\"} | {} | metadata",
                "m | \"n\":1,\"presence_penalty\":0,\"logprobs\":false,\"store\":false,\"logit_bias\":{},\"seed\":null | {} | ''",
                "m | \"n\":2,\"seed\":7,\"presence_penalty\":0.5,\"frequency_penalty\":1,\"logit_bias\":{\"1\":2},\"logprobs\":true | {} | frequency_penalty,logit_bias,logprobs,n,presence_penalty,seed",
                "m | \"service_tier\":\"default\" | {\"service_tier\":\"standard_only\"} | ''",
                "m | \"service_tier\":\"flex\" | {} | service_tier",
                "m | \"frobnicate\":1 | {} | frobnicate",
                "m | \"inference_geo\":\"us\",\"context_management\":{\"edits\":[]} | {\"inference_geo\":\"us\",\"context_management\":{\"edits\":[]}} | ''",
                "m | \"response_format\":{\"type\":\"text\"},\"parallel_tool_calls\":false,\"tool_choice\":\"none\" | {} | ''",
            })
    void parameters(String model, String said, String expected, String adapted) throws Exception {
        HttpResponse<String> reply = vendor.ask(model, HELLO + "," + said);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        var sent = (com.fasterxml.jackson.databind.node.ObjectNode)
                vendor.stub().lastRequest().json().deepCopy();
        sent.remove(java.util.List.of("model", "max_tokens", "messages"));
        assertThat(sent).isEqualTo(AnthropicBroker.json(expected));
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo(adapted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // a model that nobody knows has a budget, from LiteLLM's table
                "m | \"reasoning_effort\":\"high\" | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4096}} | ''",
                "m | \"reasoning_effort\":\"medium\",\"max_tokens\":2049 | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2048}} | ''",
                "m | \"reasoning_effort\":\"medium\",\"max_tokens\":2048 | {} | reasoning_effort",
                "m | \"reasoning_effort\":\"max\",\"max_tokens\":20000 | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":16384}} | ''",
                "m | \"reasoning_effort\":\"none\" | {} | ''",
                "m | \"reasoning_effort\":\"minimal\",\"temperature\":0.2,\"top_k\":5,\"top_p\":0.5 | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}} | temperature,top_k,top_p",
                "m | \"reasoning_effort\":\"low\",\"temperature\":1,\"top_p\":0.99 | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"temperature\":1,\"top_p\":0.99} | ''",
                "m | \"reasoning_effort\":\"high\",\"max_tokens\":2000 | {} | reasoning_effort",
                "m | \"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000} | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}} | ''",
                "m | \"reasoning_effort\":\"high\",\"thinking\":{\"type\":\"disabled\"} | {\"thinking\":{\"type\":\"disabled\"}} | reasoning_effort",
                "claude-opus-4-5 | \"reasoning_effort\":\"xhigh\" | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":8192}} | ''",
                "claude-opus-4-6 | \"reasoning_effort\":\"medium\" | {\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"medium\"}} | ''",
                "claude-opus-4-6 | \"reasoning_effort\":\"xhigh\" | {\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"high\"}} | reasoning_effort",
                "claude-opus-4-6 | \"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000} | {\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}} | ''",
                "claude-opus-4-7 | \"reasoning_effort\":\"minimal\" | {\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"},\"output_config\":{\"effort\":\"low\"}} | ''",
                "claude-opus-4-7 | \"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000} | {\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}} | thinking",
                "claude-opus-4-7 | \"reasoning_effort\":\"none\" | {} | ''",
                "claude-sonnet-5 | \"reasoning_effort\":\"none\" | {\"thinking\":{\"type\":\"disabled\"}} | ''",
                "claude-sonnet-5-5 | \"reasoning_effort\":\"none\" | {\"thinking\":{\"type\":\"between_tools\"}} | ''",
                "claude-opus-5-5 | \"reasoning_effort\":\"none\" | {\"output_config\":{\"effort\":\"low\"}} | reasoning_effort",
            })
    void reasoning(String model, String said, String expected, String adapted) throws Exception {
        parameters(model, said, expected, adapted);
    }

    @Test
    void aForcedToolWinsOverThinking() throws Exception {
        HttpResponse<String> reply = vendor.ask(
                "m", HELLO + ",\"tools\":[" + TOOL + "],\"tool_choice\":\"required\",\"reasoning_effort\":\"low\"");

        JsonNode sent = vendor.stub().lastRequest().json();
        assertThat(sent.path("tool_choice").path("type").asText()).isEqualTo("any");
        assertThat(sent.has("thinking")).isFalse();
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("reasoning_effort");
    }

    @Test
    void aModelThatCannotBeForcedMayChoose() throws Exception {
        HttpResponse<String> reply =
                vendor.ask("claude-opus-5-5", HELLO + ",\"tools\":[" + TOOL + "],\"tool_choice\":\"required\"");

        assertThat(vendor.stub()
                        .lastRequest()
                        .json()
                        .path("tool_choice")
                        .path("type")
                        .asText())
                .isEqualTo("auto");
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("tool_choice");
    }

    @Test
    void aBudgetIsLeftOutWhereTheThinkingBeforeTheCallsIsLost() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", """
                "reasoning_effort":"low","messages":[{"role":"user","content":"Go."},
                {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"a","content":"x"}]""");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(vendor.stub().lastRequest().json().has("thinking")).isFalse();
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("reasoning_effort");
    }

    @Test
    void aPrefillLosesTheSpaceAtItsEndAndTurnsThinkingOff() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", """
                "reasoning_effort":"low","messages":[{"role":"user","content":"Go."},
                {"role":"assistant","content":"The answer is "}]""");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        JsonNode sent = vendor.stub().lastRequest().json();
        assertThat(sent.path("messages")
                        .path(1)
                        .path("content")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("The answer is");
        assertThat(sent.has("thinking")).isFalse();
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("messages[].content,reasoning_effort");
    }

    /** Of the models without prefill, the vendor answers 400 to a conversation that the assistant ends. */
    @Test
    void aModelThatContinuesNothingIsAskedToGoOn() throws Exception {
        String prefill = "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},"
                + "{\"role\":\"assistant\",\"content\":\"The answer is \"}]";

        HttpResponse<String> reply = vendor.ask("claude-sonnet-4-6", prefill);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("messages[].role");
        JsonNode messages = vendor.stub().lastRequest().json().path("messages");
        assertThat(messages.at("/1/content/0/text").asText()).isEqualTo("The answer is ");
        assertThat(messages.at("/2/role").asText()).isEqualTo("user");
        assertThat(messages.at("/2/content/0/text").asText()).startsWith("Continue your last message");
    }

    @Test
    void whatARefusedAnswerBeganGoesBackWithItsCredit() throws Exception {
        HttpResponse<String> reply = vendor.ask("claude-opus-4-8", """
                "fallback_credit_token":"fct_1","messages":[{"role":"user","content":"Go."},
                {"role":"assistant","content":"The answer"}]""");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(vendor.stub().lastRequest().json().path("messages")).hasSize(2);
    }

    @Test
    void aSchemaThatTheVendorTakesGoesOutAsItIs() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"],"
                + "\"additionalProperties\":false}";
        HttpResponse<String> reply = vendor.ask(
                "m",
                HELLO + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":"
                        + schema + "}}");

        assertThat(vendor.stub().lastRequest().json().path("output_config"))
                .isEqualTo(AnthropicBroker.json("{\"format\":{\"type\":\"json_schema\",\"schema\":" + schema + "}}"));
        assertThat(AnthropicBroker.adapted(reply)).isEmpty();
    }

    @Test
    void aSchemaThatTheVendorWouldRefuseIsClosedAndItsBoundsAreDescribed() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", HELLO + """
                ,"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{
                  "type":"object","properties":{
                    "a":{"type":"integer","minimum":1,"description":"A number."},
                    "b":{"type":"array","minItems":2,"items":{"oneOf":[{"type":"string","maxLength":3},{"type":"null"}]}}}}}}""");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(vendor.stub().lastRequest().json().at("/output_config/format/schema"))
                .isEqualTo(AnthropicBroker.json("""
                        {"type":"object","additionalProperties":false,"properties":{
                          "a":{"type":"integer","description":"A number.\\n\\n{minimum: 1}"},
                          "b":{"type":"array","description":"{minItems: 2}","items":{"anyOf":[
                            {"type":"string","description":"{maxLength: 3}"},{"type":"null"}]}}}}"""));
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("response_format");
    }

    @Test
    void jsonModeBecomesAnInstructionAndIsNamed() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", HELLO + ",\"response_format\":{\"type\":\"json_object\"}");

        assertThat(vendor.stub().lastRequest().json().path("system"))
                .isEqualTo(AnthropicBroker.json(
                        "[{\"type\":\"text\",\"text\":\"Answer with one JSON object and nothing else.\"}]"));
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo("response_format");
    }

    @Test
    void aClientsOwnCacheMarksStandWhereItPutThem() throws Exception {
        JsonNode sent = vendor.sent("m", """
                "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}},"cache_control":{"type":"ephemeral","ttl":"1h"}}],
                "messages":[
                {"role":"system","content":"Rules.","cache_control":{"type":"ephemeral","ttl":"1h"}},
                {"role":"user","content":"Go."},
                {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"cache_control":{"type":"ephemeral"}}]},
                {"role":"tool","tool_call_id":"a","content":"x","cache_control":{"type":"ephemeral"}}]""");

        JsonNode hour = AnthropicBroker.json("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}");
        JsonNode usual = AnthropicBroker.json("{\"type\":\"ephemeral\"}");
        assertThat(sent.at("/tools/0/cache_control")).isEqualTo(hour);
        assertThat(sent.at("/system/0/cache_control")).isEqualTo(hour);
        assertThat(sent.at("/messages/1/content/0/cache_control")).isEqualTo(usual);
        assertThat(sent.at("/messages/2/content/0/cache_control")).isEqualTo(usual);
    }

    @Test
    void picturesAndDocumentsKeepTheirCacheMarks() throws Exception {
        JsonNode content = vendor.sent("m", """
                "messages":[{"role":"user","content":[
                {"type":"image_url","image_url":{"url":"https://a.example/a.png"},"cache_control":{"type":"ephemeral","ttl":"1h"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="},
                 "cache_control":{"type":"ephemeral"}},
                {"type":"text","text":"What is it?"}]}]""").at("/messages/0/content");

        assertThat(content.at("/0/cache_control"))
                .isEqualTo(AnthropicBroker.json("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}"));
        assertThat(content.at("/1/cache_control")).isEqualTo(AnthropicBroker.json("{\"type\":\"ephemeral\"}"));
    }

    @ParameterizedTest
    @CsvSource({"functions", "function_call"})
    void whatOpenAiHasGivenUpIsRefusedByName(String name) throws Exception {
        HttpResponse<String> reply = vendor.ask("m", HELLO + ",\"" + name + "\":[]");

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(AnthropicBroker.json(reply.body())
                        .path("error")
                        .path("param")
                        .asText())
                .isEqualTo(name);
    }

    @Test
    void messagesThatSayNothingAreRefused() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", "\"messages\":[{\"role\":\"user\",\"content\":\" \"}]");

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(AnthropicBroker.json(reply.body())
                        .path("error")
                        .path("param")
                        .asText())
                .isEqualTo("messages");
    }

    @Test
    void inStrictModeWhatTheVendorCannotDoIsRefusedByName() throws Exception {
        try (AnthropicBroker strict =
                new AnthropicBroker(io.serai.broker.TestBroker.with().set("serai.params", "strict"))) {
            for (String said : new String[] {"\"temperature\":2", "\"n\":2", "\"frobnicate\":1"}) {
                HttpResponse<String> reply = strict.ask("m", HELLO + "," + said);

                assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
                JsonNode error = AnthropicBroker.json(reply.body()).path("error");
                assertThat(error.path("code").asText()).isEqualTo("unsupported_parameter");
                assertThat(said).contains("\"" + error.path("param").asText() + "\"");
            }
            assertThat(strict.stub().requests()).isEmpty();
        }
    }

    /** That it would be asked to go on in words of the broker's is a change like any other. */
    @Test
    void inStrictModeABegunAnswerIsRefusedByNameWhereTheModelContinuesNothing() throws Exception {
        String begun = "\"messages\":[{\"role\":\"user\",\"content\":\"Go.\"},"
                + "{\"role\":\"assistant\",\"content\":\"The answer is\"}]";
        try (AnthropicBroker strict =
                new AnthropicBroker(io.serai.broker.TestBroker.with().set("serai.params", "strict"))) {
            HttpResponse<String> reply = strict.ask("claude-sonnet-4-6", begun);

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
            JsonNode error = AnthropicBroker.json(reply.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("unsupported_parameter");
            assertThat(error.path("param").asText()).isEqualTo("messages[].role");
            assertThat(strict.stub().requests()).isEmpty();
            assertThat(strict.ask("claude-sonnet-4-5", begun).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void fromTheYoungerVersionOnSamplingIsLeftOutAndTheKeyIsABearerToken() throws Exception {
        try (AnthropicBroker young =
                new AnthropicBroker("api_version: \"2026-10-21\"", "headers: {anthropic-beta: files-api-2025-04-14}")) {
            HttpResponse<String> reply = young.ask("m", HELLO + ",\"temperature\":1,\"top_p\":1,\"top_k\":1");

            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(AnthropicBroker.adapted(reply)).isEqualTo("temperature,top_k,top_p");
            assertThat(young.stub().lastRequest().header("anthropic-version")).isEqualTo("2026-10-21");
            assertThat(young.stub().lastRequest().header("authorization")).isEqualTo("Bearer sk-upstream-claude");
            assertThat(young.stub().lastRequest().header("x-api-key")).isNull();
            assertThat(young.stub().lastRequest().header("anthropic-beta")).isEqualTo("files-api-2025-04-14");
        }
    }
}
