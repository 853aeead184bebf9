package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.RecordedRequest;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** "Pick for me": by price, by quality, by speed, among those that can serve the request. */
final class AutoTest {
    private static final String MODELS = """
            catalogue: replace
            models:
              small:
                {tier: economy, quality: 10, capabilities: [json_schema], context_window: 1000,
                 backends: [{provider: one, model_id: small, input_cost: 0.1, output_cost: 0.1}]}
              middle:
                {tier: standard, quality: 50, capabilities: [tool_calling], context_window: 8000,
                 backends: [{provider: one, model_id: middle-dear, input_cost: 3, output_cost: 3},
                            {provider: two, model_id: middle, input_cost: 1, output_cost: 1}]}
              large:
                {tier: premium, quality: 90, capabilities: [tool_calling, vision], context_window: 100000,
                 backends: [{provider: two, model_id: large, input_cost: 10, output_cost: 30}]}
              largest:
                {tier: premium, quality: 90, capabilities: [tool_calling, vision], context_window: 100000,
                 backends: [{provider: one, model_id: largest, input_cost: 10, output_cost: 30}]}
              elsewhere:
                {tier: premium, quality: 99, capabilities: [], context_window: 100,
                 backends: [{provider: openai, model_id: x, input_cost: 0.01, output_cost: 0.01}]}
              speech:
                {capabilities: [speech], backends: [{provider: one, model_id: speech, per_character_cost: 0.00001}]}
            """;
    private static final String ROTATIONS = """
            rotations:
              thrifty:
                strategy: cheapest
                providers: [{provider_id: two, models: [{name: large}]}, {provider_id: one, models: [{name: small}]}]
              sounds: {providers: [{provider_id: small}, {provider_id: middle}]}
              quick:
                strategy: fastest
                providers: [{provider_id: one, models: [{name: slow}]}, {provider_id: two, models: [{name: fast}]}]
            """;
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]";
    private static final String PICTURE =
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}";
    private static final String SOUND =
            "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AA==\",\"format\":\"wav\"}}";

    private static StubUpstream one;
    private static StubUpstream two;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        one = new StubUpstream();
        two = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.error-cooldown", "0")
                .provider("one", one)
                .provider("two", two)
                .file("config/models.yaml", MODELS)
                .file("config/rotations.yaml", ROTATIONS)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        one.close();
        two.close();
    }

    @BeforeEach
    void serve() {
        one.on(AutoTest::answer);
        two.on(AutoTest::answer);
    }

    private static io.serai.stub.Script answer(RecordedRequest request) {
        return Scripts.chat("served by " + request.model() + ".");
    }

    private static HttpResponse<String> ask(String model, String part) throws Exception {
        return broker.post(
                "/v1/chat/completions",
                "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":[" + part + "]}]}");
    }

    private static String served(String model, String... more) throws Exception {
        HttpResponse<String> answer = broker.chat(model, more);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-serai-model").orElse("");
    }

    @Test
    void theCheapestThatHasAKeyServes() throws Exception {
        assertThat(served("autocheapest")).isEqualTo("small");
        assertThat(served("auto")).isEqualTo("small");
    }

    @Test
    void theCheapestIsChosenAmongThoseThatCanServeTheRequest() throws Exception {
        assertThat(served("autocheapest", TOOLS)).isEqualTo("middle");
        assertThat(ask("autocheapest", PICTURE)
                        .headers()
                        .firstValue("x-serai-model")
                        .orElse(""))
                .isIn("large", "largest");
        assertThat(served("autocheapest", "\"user\":\"x\"", "\"max_tokens\":2000"))
                .isEqualTo("middle");
    }

    @Test
    void theLogSaysWhoWasPassedOverAndWhy() throws Exception {
        try (RequestLog log = new RequestLog()) {
            broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("autocheapest", TOOLS),
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "with-tools");
            assertThat(log.await("with-tools").get("skipped")).contains("/small:no_tools");
        }
    }

    @Test
    void theBestIsByTierAndQualityAndTiesSpread() throws Exception {
        assertThat(served("autobest")).isNotEqualTo(served("autobest"));
        assertThat(served("autobest")).isIn("large", "largest");
    }

    @Test
    void whoFailsIsFollowedByTheNextBest() throws Exception {
        one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        for (int i = 0; i < 3; i++) {
            assertThat(served("autobest")).isEqualTo("large");
            assertThat(served("autocheapest")).isEqualTo("middle");
        }
    }

    @Test
    void aRotationMayGoByPrice() throws Exception {
        assertThat(served("rotation/thrifty")).isEqualTo("small");
        assertThat(served("rotation/thrifty", TOOLS)).isEqualTo("large");
    }

    @Test
    void aRotationMayGoBySpeed() throws Exception {
        one.on(r -> Scripts.stream("slow").firstEventAfter(Duration.ofSeconds(1)));
        two.on(r -> Scripts.stream("fast"));
        served("rotation/quick", "\"stream\":true");
        served("rotation/quick", "\"stream\":true"); // now both have been seen
        int before = one.requests().size();
        for (int i = 0; i < 4; i++) {
            broker.chat("rotation/quick", "\"stream\":true");
        }
        assertThat(one.requests()).hasSize(before);
    }

    @Test
    void whatNoneCanServeIsRefusedWithTheReason() throws Exception {
        HttpResponse<String> answer = ask("rotation/sounds", SOUND);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("no_audio", "model_not_supported");
    }

    @Test
    void whatIsNoChatIsRefusedBeforeAnyoneIsAsked() throws Exception {
        int before = one.requests().size() + two.requests().size();
        HttpResponse<String> answer = broker.post("/v1/embeddings", "{\"model\":\"auto\",\"input\":\"x\"}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("model_not_supported", "embeddings");
        assertThat(one.requests().size() + two.requests().size()).isEqualTo(before);
    }
}
