package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member that names a provider and no models brings those of the provider's own list. */
final class ListedMembersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EMBEDDER = "{\"id\":\"embed\",\"capabilities\":[\"embeddings\"]}";
    private static final String PAINTER = "{\"id\":\"paint\",\"architecture\":{\"output_modalities\":[\"image\"]}}";

    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker start(String every, String rotations) throws Exception {
        return TestBroker.with()
                .set("serai.models.refresh", every)
                .provider("up", stub, "model_filter: [\"m*\", embed, paint]", "api_key: k")
                .provider("other", stub)
                .file("config/rotations.yaml", rotations)
                .start();
    }

    private static Script list(String... models) {
        return Scripts.status(200, "{\"object\":\"list\",\"data\":[" + String.join(",", models) + "]}");
    }

    private static String named(String id) {
        return "{\"id\":\"" + id + "\"}";
    }

    private static List<String> members(TestBroker broker) throws Exception {
        JsonNode plan = JSON.readTree(broker.post("/v1/route/explain", TestBroker.body("rotation/all"))
                .body());
        return plan.path("candidates").findValuesAsText("model");
    }

    private static void awaitMembers(TestBroker broker, String... models) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(members(broker)).containsExactlyInAnyOrder(models));
    }

    @Test
    void allThatChatShareTheMembersWeight() throws Exception {
        stub.onModels(list(named("m1"), named("m2"), EMBEDDER, PAINTER, named("hidden")));
        try (TestBroker broker = start("4h", """
                rotations:
                  all:
                    providers:
                      - {provider_id: up, weight: 2}
                      - {provider_id: other, models: [{name: x, weight: 2}]}
                """)) {
            awaitMembers(broker, "m1", "m2", "x");
            for (int i = 0; i < 8; i++) {
                assertThat(broker.chat("rotation/all").statusCode()).isEqualTo(200);
            }
            assertThat(stub.requests().stream().map(RecordedRequest::model).filter(model -> model != null))
                    .containsExactlyInAnyOrder("m1", "m1", "m2", "m2", "x", "x", "x", "x");
        }
    }

    @Test
    void theyComeAndGoWithTheListWithoutARestart() throws Exception {
        stub.onModels(list(named("m1"), named("m2")));
        try (TestBroker broker = start("200ms", "rotations: {all: {providers: [{provider_id: up}]}}")) {
            awaitMembers(broker, "m1", "m2");
            stub.onModels(list(named("m2"), named("m3")));
            awaitMembers(broker, "m2", "m3");
            assertThat(broker.chat("rotation/all").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void withoutAListTheOthersServe() throws Exception {
        try (TestBroker broker = start("off", """
                rotations:
                  all: {providers: [{provider_id: up}, {provider_id: other, models: [{name: x}]}]}
                  alone: {providers: [{provider_id: up}]}
                """)) {
            assertThat(members(broker)).containsExactly("x");
            HttpResponse<String> alone = broker.chat("rotation/alone");
            assertThat(alone.statusCode()).isEqualTo(503);
            assertThat(alone.body()).contains("no_available_target", "'up'");
            assertThat(broker.get("/api/rotations").body()).contains("\"name\":\"*\"");
        }
    }
}
