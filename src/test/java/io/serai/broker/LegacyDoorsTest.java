package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AISBF's older addresses, as its clients call them. */
final class LegacyDoorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "client-key-of-alice-1";
    private static StubUpstream stub;
    private static TestBroker broker;
    private static TestBroker locked;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider("my.gpu-1", stub, "models: [{name: m}, {name: my.gpu-1/own}, {name: deep/m}]")
                .start();
        locked = TestBroker.with()
                .provider("acme", stub)
                .set("serai.auth.keys", KEY)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        locked.close();
        stub.close();
    }

    @BeforeEach
    void answer() {
        stub.on(request -> Scripts.chat("Hello"));
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/json");
        return JSON.readTree(answer.body());
    }

    private static String error(HttpResponse<String> answer, int status, String code) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        return error.path("message").asText();
    }

    @ParameterizedTest
    @CsvSource({
        "acme, m, m",
        "acme, deep/er/m, deep/er/m",
        "acme, acme/m, acme/m", // some models are called like their provider
        "my.gpu-1, m, m",
        "my.gpu-1, my.gpu-1/m, m", // declared without it only
        "my.gpu-1, my.gpu-1/own, my.gpu-1/own",
        "my%2Egpu-1, deep/m, deep/m"
    })
    void theProviderInThePathGetsTheModelAsItStands(String id, String model, String sent) throws Exception {
        HttpResponse<String> answer = broker.post("/api/" + id + "/chat/completions", TestBroker.body(model));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).path("object").asText()).isEqualTo("chat.completion");
        assertThat(stub.lastRequest().model()).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({"/api/chat/completions, chat.completion", "/api/completions, text_completion"})
    void theDoorsOfV1AreThereWithoutItsName(String path, String shape) throws Exception {
        HttpResponse<String> answer = broker.post(path, TestBroker.body("acme/m", "\"prompt\":\"Hello\""));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).path("object").asText()).isEqualTo(shape);
    }

    @Test
    void theyStreamToo() throws Exception {
        HttpResponse<String> answer =
                broker.post("/api/acme/chat/completions", TestBroker.body("m", "\"stream\":true"));
        assertThat(answer.body()).contains("chat.completion.chunk").endsWith("data: [DONE]\n\n");
    }

    @Test
    void thePathSendsNoHeaderUpstream() throws Exception {
        broker.post("/api/acme/chat/completions?id=evil&CamelHttpUri=x", TestBroker.body("m"));
        assertThat(stub.lastRequest().headers().toString()).doesNotContain("evil", "CamelHttp");
        assertThat(stub.lastRequest().header("id")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "rotation", "user", "no%2Fbody", "a+b", "{id}"})
    void anUnknownNameIsAnsweredWithThoseThatThereAre(String id) throws Exception {
        String path = "/api/" + id.replace("{", "%7B").replace("}", "%7D");
        assertThat(error(broker.post(path + "/chat/completions", TestBroker.body("m")), 404, "unknown_url"))
                .contains("acme, my.gpu-1", "Rotations: none");
        assertThat(error(broker.get(path + "/models"), 404, "unknown_url")).contains("acme, my.gpu-1");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/rotations/chat/completions, r, rotations: none",
        "/api/rotations/chat/completions, rotation/r, There is no rotation 'r'",
        "/api/autoselect/chat/completions, a, autoselects: none",
        "/api/autoselect/chat/completions, autoselect/a, There is no autoselect 'a'",
        "/api/acme/chat/completions, rotation/r, There is no rotation 'r'",
        "/api/nobody/chat/completions, autoselect/a, There is no autoselect 'a'"
    })
    void whatIsNotConfiguredIsNotFound(String path, String model, String says) throws Exception {
        assertThat(error(broker.post(path, TestBroker.body(model)), 404, "model_not_found"))
                .contains(says);
    }

    @Test
    void badRequestsAreRefusedAsEverywhere() throws Exception {
        error(broker.post("/api/acme/chat/completions", "{"), 400, "invalid_json");
        error(broker.post("/api/acme/chat/completions", "{}"), 400, "missing_required_parameter");
    }

    @Test
    void aProvidersModelsAreABareArray() throws Exception {
        JsonNode models = json(broker.get("/api/my.gpu-1/models"));
        assertThat(models.isArray()).isTrue();
        assertThat(models.findValuesAsText("id"))
                .containsExactly("my.gpu-1/m", "my.gpu-1/my.gpu-1/own", "my.gpu-1/deep/m");
        assertThat(json(broker.get("/api/acme/models")).toString()).isEqualTo("[]");
    }

    @Test
    void theListOfAllModelsIsTheSameAsThatOfV1() throws Exception {
        assertThat(json(broker.get("/api/models"))).isEqualTo(json(broker.get("/v1/models")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/rotations | {}",
                "/api/rotations/models | {\"data\":[]}",
                "/api/autoselect | {}",
                "/api/autoselect/models | {\"data\":[]}"
            })
    void listsOfWhatIsNotConfiguredAreEmpty(String path, String body) throws Exception {
        assertThat(json(broker.get(path)).toString()).isEqualTo(body);
    }

    @Test
    void aBareNameIsAnsweredWithHelp() throws Exception {
        assertThat(error(broker.post("/api/acme", "{}"), 404, "unknown_url"))
                .contains("/v1/chat/completions", "Providers: acme, my.gpu-1");
    }

    @Test
    void fixedAddressesComeBeforeThoseWithAName() throws Exception {
        assertThat(broker.post("/api/v1/chat/completions", TestBroker.body("acme/m"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(broker.get("/api/v1/models")).path("object").asText()).isEqualTo("list");
        assertThat(json(broker.get("/api/v1/models/my.gpu-1/m")).path("id").asText())
                .isEqualTo("my.gpu-1/m");
        assertThat(json(broker.get("/api/v1/health")).path("status").asText()).isEqualTo("ok");
        error(broker.post("/api/embeddings", "{}"), 400, "missing_required_parameter");
        error(broker.post("/api/v1/embeddings", "{}"), 400, "missing_required_parameter");
        error(broker.post("/api/v1/completions", "{}"), 400, "missing_required_parameter");
    }

    /** Each complains of what only its own operation needs. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/embeddings",
                "/audio/speech",
                "/audio/transcriptions",
                "/audio/translations",
                "/images/generations",
                "/images/edits"
            })
    void mediaDoorsAreThoseOfV1(String path) throws Exception {
        String body = "{\"model\":\"acme/m\"}";
        HttpResponse<String> legacy = broker.post("/api" + path, body);
        HttpResponse<String> usual = broker.post("/v1" + path, body);
        assertThat(legacy.statusCode()).isIn(400, 415).isEqualTo(usual.statusCode());
        assertThat(json(legacy)).isEqualTo(json(usual));
    }

    @Test
    void anOperatorsOwnDoorComesBeforeThoseWithANameToo() throws Exception {
        try (TestBroker own =
                TestBroker.with().file("routes/custom/zoo.camel.yaml", """
                        # A door of the operator's own.
                        - route:
                            id: api-zoo
                            description: POST /api/zoo
                            from:
                              uri: platform-http:/api/zoo
                              steps:
                                - setBody: {constant: "the zoo"}
                        """).start()) {
            assertThat(own.post("/api/zoo", "{}").body()).isEqualTo("the zoo");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/models",
                "/api/acme/models",
                "/api/rotations",
                "/api/rotations/models",
                "/api/autoselect",
                "/api/autoselect/models"
            })
    void listsWantTheKey(String path) throws Exception {
        error(locked.get(path), 401, "invalid_api_key");
        assertThat(locked.get(path, "x-api-key", KEY).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/completions",
                "/api/v1/completions",
                "/api/completions",
                "/api/chat/completions",
                "/api/acme/chat/completions",
                "/api/rotations/chat/completions",
                "/api/autoselect/chat/completions",
                "/api/embeddings",
                "/api/audio/transcriptions",
                "/api/acme"
            })
    void postsWantTheKey(String path) throws Exception {
        int before = stub.requests().size();
        error(locked.post(path, TestBroker.body("acme/m")), 401, "invalid_api_key");
        assertThat(stub.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "application/json, text/html", "text/html;q=0, */*"})
    void theAddressItselfTellsProgramsWhatIsHere(String accept) throws Exception {
        JsonNode root = json(broker.get("/", "accept", accept));
        assertThat(root.path("status").asText()).isEqualTo("ok");
        assertThat(root.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(root.path("message").asText()).isEqualTo("Serai is running");
        assertThat(JSON.convertValue(root.path("providers"), List.class)).contains("acme", "my.gpu-1");
        assertThat(root.path("rotations").toString()).isEqualTo("[]");
        assertThat(root.path("autoselect").toString()).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/json;q=0.5, text/html"
            })
    void andShowsPeopleAPage(String accept) throws Exception {
        HttpResponse<String> answer = broker.get("/", "accept", accept);
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(answer.headers().firstValue("content-security-policy").orElse(""))
                .startsWith("default-src 'none'")
                .contains("style-src 'sha256-");
        assertThat(answer.body())
                .contains("<td>acme</td><td>ok</td>", "href=\"/v1/models\"")
                .doesNotContain("sk-upstream", "src=", "<script");
    }

    @Test
    void theIconNeedsNoKey() throws Exception {
        HttpResponse<String> icon = locked.get("/favicon.ico");
        assertThat(icon.statusCode()).isEqualTo(200);
        assertThat(icon.headers().firstValue("content-type")).hasValue("image/svg+xml");
    }
}
