package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the count decides, and what the answer says of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CountingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** 1,000 tokens of o200k_base in 5,000 bytes. */
    private static final String THOUSAND = " word".repeat(1000);
    /** 1,000 in 1,000. */
    private static final String SHORT_THOUSAND = "=1".repeat(500);

    private static final String SILENT =
            "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"gpt-4o\","
                    + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Yes\"},\"finish_reason\":\"stop\"}]}";

    private StubUpstream stub;
    private StubUpstream other;
    private TestBroker broker;

    @BeforeAll
    void start() throws Exception {
        stub = new StubUpstream();
        other = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider(
                        "acme",
                        stub,
                        "models: [{name: dear-in, pricing: {prompt: 2e-6, completion: 5e-6}}, {name: gpt-4o}, {name: mystery}]")
                .provider("limited", stub, "models: [{name: gpt-4o, rate_limit_TPM: 2000}]")
                .provider(
                        "other",
                        other,
                        "models: [{name: dear-out, pricing: {prompt: 1e-6, completion: 12.5e-6}}, {name: gpt-4o}]")
                .file("config/rotations.yaml", """
                        rotations:
                          sizes: {providers: [
                            {provider_id: acme, weight: 9, models: [{name: gpt-4o, context_size: 1100, weight: 9}]},
                            {provider_id: other, models: [{name: gpt-4o, context_size: 100000, weight: 1}]}]}
                          learned: {strategy: priority, providers: [
                            {provider_id: acme, models: [{name: mystery, context_size: 1300, weight: 9}]},
                            {provider_id: other, models: [{name: gpt-4o, weight: 1}]}]}
                          prices: {strategy: cheapest, providers: [
                            {provider_id: acme, models: [{name: dear-in, weight: 1}]},
                            {provider_id: other, models: [{name: dear-out, weight: 1}]}]}
                        """)
                .start();
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        stub.close();
        other.close();
    }

    @Test
    void theProvidersFigureIsTheEffectiveContext() throws Exception {
        stub.enqueue(Scripts.completion("Yes", 1234, 5));

        JsonNode usage = usage(ask("acme/gpt-4o", "Is it?", "{}"));

        assertThat(usage.path("prompt_tokens").asLong()).isEqualTo(1234);
        assertThat(usage.path("effective_context").asLong()).isEqualTo(1234);
        assertThat(usage.has("effective_context_estimated")).isFalse();
    }

    @Test
    void whereTheProviderSaysNothingItIsTheCount() throws Exception {
        stub.enqueue(Scripts.status(200, SILENT));

        JsonNode usage = usage(ask("acme/gpt-4o", THOUSAND, "{}"));

        assertThat(usage.path("effective_context").asLong()).isEqualTo(1007);
        assertThat(usage.path("effective_context_estimated").asBoolean()).isTrue();
        assertThat(usage.path("prompt_tokens").asLong()).isEqualTo(1007);
    }

    @Test
    void aPictureThatTheProviderDoesNotCountIsNotBilledAsText() throws Exception {
        stub.enqueue(Scripts.status(200, SILENT));
        ObjectNode body = JSON.createObjectNode().put("model", "acme/gpt-4o");
        body.putArray("messages")
                .addObject()
                .put("role", "user")
                .putArray("content")
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQA" + "A".repeat(400_000));

        JsonNode usage = usage(broker.post("/v1/chat/completions", body.toString()));

        assertThat(usage.path("prompt_tokens").asLong()).isEqualTo(765 + 7);
    }

    @Test
    void aStreamSaysItTooWhereUsageIsWanted() throws Exception {
        stub.enqueue(Scripts.stream(List.of("Yes"), 1234, 5));

        HttpResponse<String> answer =
                ask("acme/gpt-4o", "Is it?", "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}");

        assertThat(streamed(answer).path("effective_context").asLong()).isEqualTo(1234);
        assertThat(streamed(answer).path("prompt_tokens").asLong()).isEqualTo(1234);
        assertThat(answer.body()).doesNotContain("estimated");
    }

    @Test
    void aStreamWhoseProviderSaysNothingEndsWithTheCount() throws Exception {
        stub.enqueue(Scripts.events(
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,"
                        + "\"delta\":{\"content\":\"Yes\"},\"finish_reason\":\"stop\"}]}\n\n",
                "data: [DONE]\n\n"));

        HttpResponse<String> answer =
                ask("acme/gpt-4o", THOUSAND, "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}");

        assertThat(streamed(answer).path("effective_context").asLong()).isEqualTo(1007);
        assertThat(streamed(answer).path("effective_context_estimated").asBoolean())
                .isTrue();
        assertThat(answer.body().indexOf("effective_context"))
                .isLessThan(answer.body().indexOf("[DONE]"));
    }

    @Test
    void theOlderDoorSaysItToo() throws Exception {
        stub.enqueue(Scripts.completion("Yes", 1234, 5));

        HttpResponse<String> answer =
                broker.post("/v1/completions", "{\"model\":\"acme/gpt-4o\",\"prompt\":\"Is it?\"}");

        assertThat(usage(answer).path("effective_context").asLong()).isEqualTo(1234);
    }

    /** By four bytes a token the one would have 1,250, and the other 500. */
    @Test
    void tokensDecideWhatAContextTakes() throws Exception {
        stub.on(request -> Scripts.completion("small"));
        other.on(request -> Scripts.completion("large"));

        assertThat(ask("rotation/sizes", THOUSAND, "{}").body()).contains("small");
        assertThat(ask("rotation/sizes", SHORT_THOUSAND + SHORT_THOUSAND, "{}").body())
                .contains("large");
    }

    /** Nobody knows the tokenizer of mystery: 1,100 tokens are expected at first. */
    @Test
    void whatProvidersReportIsLearned() throws Exception {
        stub.on(request -> Scripts.completion("small", 1700, 5));
        other.on(request -> Scripts.completion("large"));

        assertThat(ask("rotation/learned", THOUSAND, "{}").body()).contains("small");

        await().until(() -> ask("rotation/learned", THOUSAND, "{}").body().contains("large"));
        assertThat(ask("rotation/learned", "Hi", "{}").body()).contains("small");
    }

    @Test
    void tokensAreTakenFromALimitByTheCount() throws Exception {
        stub.on(request -> Scripts.completion("Yes", 100, 5));

        HttpResponse<String> tooMany = ask("limited/gpt-4o", SHORT_THOUSAND + SHORT_THOUSAND, "{}");
        HttpResponse<String> few = ask("limited/gpt-4o", THOUSAND, "{}");

        assertThat(tooMany.statusCode()).as(tooMany.body()).isNotEqualTo(200);
        assertThat(few.statusCode()).as(few.body()).isEqualTo(200);
    }

    /** By four bytes a token it would have 250, for which the one that is dear to read would be the cheaper. */
    @Test
    void theCheapestIsFoundByTheCountWhereThatIsClose() throws Exception {
        stub.on(request -> Scripts.completion("dear-in"));
        other.on(request -> Scripts.completion("dear-out"));

        assertThat(ask("rotation/prices", SHORT_THOUSAND, "{\"max_tokens\":100}")
                        .body())
                .contains("dear-out");
        assertThat(ask("rotation/prices", "Hi", "{\"max_tokens\":100}").body()).contains("dear-in");
    }

    private HttpResponse<String> ask(String model, String text, String more) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        body.setAll((ObjectNode) JSON.readTree(more));
        return broker.post("/v1/chat/completions", body.toString());
    }

    private static JsonNode streamed(HttpResponse<String> answer) throws Exception {
        String last = answer.body()
                .lines()
                .filter(line -> line.contains("prompt_tokens"))
                .reduce((before, after) -> after)
                .orElseThrow();
        return JSON.readTree(last.substring("data: ".length())).path("usage");
    }

    private static JsonNode usage(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("usage");
    }
}
