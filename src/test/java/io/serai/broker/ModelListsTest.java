package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers say of their models, from the fetch in the background to the list that a client sees. */
class ModelListsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestBroker.Setup fetching(String every) throws IOException {
        return TestBroker.with().set("serai.models.refresh", every);
    }

    private static Script list(String... models) {
        return Scripts.status(200, "{\"object\":\"list\",\"data\":[" + String.join(",", models) + "]}");
    }

    private static JsonNode model(TestBroker broker, String id) throws Exception {
        HttpResponse<String> answer = broker.get("/v1/models/" + id);
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.missingNode();
    }

    private static JsonNode awaitModel(TestBroker broker, String id) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> model(broker, id).isObject());
        return model(broker, id);
    }

    private static List<String> ids(TestBroker broker) throws Exception {
        return JSON.readTree(broker.get("/v1/models").body()).path("data").findValuesAsText("id");
    }

    private static JsonNode listState(TestBroker broker, String provider) throws Exception {
        return JSON.readTree(broker.get("/health", "authorization", "Bearer sk-client")
                        .body())
                .path("providers")
                .path(provider)
                .path("model_list");
    }

    private static TestBroker.Setup withKey(TestBroker.Setup setup) {
        return setup.set("serai.auth.keys", "sk-client").set("serai.host", "127.0.0.1");
    }

    @Test
    void aFetchedModelIsListedWithWhatIsKnownAndWhoSaidIt() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("""
                {"id":"deep/model","context_length":131072,"description":"Deep.","supported_parameters":["tools"],
                "architecture":{"input_modalities":["text","image"],"output_modalities":["text"]},
                "pricing":{"prompt":"0.0000005","completion":"0.000002"},"top_provider":{"max_completion_tokens":8192}}"""));
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            JsonNode model = awaitModel(broker, "up/deep/model");
            assertThat(model.path("owned_by").asText()).isEqualTo("up");
            assertThat(model.path("type").asText()).isEqualTo("provider");
            assertThat(model.path("model_name").asText()).isEqualTo("deep/model");
            assertThat(model.path("context_window").asInt()).isEqualTo(131072);
            assertThat(model.path("context_length").asInt()).isEqualTo(131072);
            assertThat(model.path("context_size").asInt()).isEqualTo(131072);
            assertThat(model.path("max_output_tokens").asInt()).isEqualTo(8192);
            assertThat(model.path("description").asText()).isEqualTo("Deep.");
            assertThat(model.path("pricing").path("prompt").asText()).isEqualTo("0.0000005");
            assertThat(model.path("architecture").path("input_modalities")).hasSize(2);
            assertThat(model.path("capabilities").toString()).isEqualTo("[\"tool_calling\",\"vision\"]");
            assertThat(model.path("supported_parameters").toString()).isEqualTo("[\"tools\"]");
            assertThat(model.path("source").asText()).isEqualTo("api_cache");
            assertThat(model.path("sources").path("context_window").asText()).isEqualTo("fetched");
            assertThat(model.path("sources").path("pricing.prompt").asText()).isEqualTo("fetched");
            assertThat(ids(broker)).contains("up/deep/model");
            RecordedRequest asked = stub.lastRequest();
            assertThat(asked.method()).isEqualTo("GET");
            assertThat(asked.target()).isEqualTo("/v1/models");
            assertThat(asked.header("authorization")).isEqualTo("Bearer sk-upstream-up");
            assertThat(asked.body()).isEmpty();
            assertThat(stub.malformedRequests()).isEmpty();
        }
    }

    @Test
    void theOperatorsWordCountsFieldByField() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("""
                {"id":"m","context_length":1000,"description":"Theirs.","pricing":{"prompt":"0.000001","completion":"0.000002"},
                "top_provider":{"max_completion_tokens":100}}""", "{\"id\":\"undeclared\"}"));
                TestBroker broker = fetching("4h")
                        .provider(
                                "up",
                                stub,
                                "models: [{name: m, context_size: 500, pricing: {prompt: 0.0000009}, "
                                        + "default_parameters: {temperature: 0}}]")
                        .start()) {
            await().until(() -> model(broker, "up/m").has("max_output_tokens"));
            JsonNode model = model(broker, "up/m");
            assertThat(model.path("context_window").asInt()).isEqualTo(500);
            assertThat(model.path("max_output_tokens").asInt()).isEqualTo(100);
            assertThat(model.path("description").asText()).isEqualTo("Theirs.");
            assertThat(model.path("pricing").path("prompt").decimalValue()).isEqualByComparingTo("0.0000009");
            assertThat(model.path("pricing").path("completion").asText()).isEqualTo("0.000002");
            assertThat(model.path("source").asText()).isEqualTo("local_config");
            assertThat(model.path("sources").toString())
                    .isEqualTo("{\"context_window\":\"configured\",\"pricing.prompt\":\"configured\","
                            + "\"max_output_tokens\":\"fetched\",\"pricing.completion\":\"fetched\","
                            + "\"description\":\"fetched\"}");
            assertThat(ids(broker)).doesNotContain("up/undeclared"); // the operator said which ones there are
        }
    }

    @Test
    void theCatalogueFillsWhatNobodyElseSays() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"gpt-4o\",\"object\":\"model\"}"));
                TestBroker broker = fetching("4h").provider("openai", stub).start()) {
            JsonNode model = awaitModel(broker, "openai/gpt-4o");
            assertThat(model.path("context_window").asInt()).isEqualTo(128000);
            assertThat(model.path("pricing").path("prompt").asText()).isEqualTo("0.0000025");
            assertThat(model.path("sources").path("context_window").asText()).isEqualTo("catalogue");
            JsonNode name = model(broker, "gpt4o").path("backends").path(0);
            assertThat(name.path("pricing").path("prompt").asText()).isEqualTo("0.0000025");
            assertThat(name.path("input_cost").decimalValue()).isEqualByComparingTo("2.5");
        }
    }

    @Test
    void aNamesBackendsShowAllThatIsKnownThere() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("""
                {"id":"gpt-4o","description":"Theirs.","supported_parameters":["tools","seed"],
                "architecture":{"input_modalities":["text","image"],"output_modalities":["text"]}}"""));
                TestBroker broker = fetching("4h").provider("openai", stub).start()) {
            awaitModel(broker, "openai/gpt-4o");
            JsonNode backend = model(broker, "gpt4o").path("backends").path(0);
            assertThat(backend.path("supported_parameters").toString()).isEqualTo("[\"tools\",\"seed\"]");
            assertThat(backend.path("capabilities").toString()).isEqualTo("[\"tool_calling\",\"vision\"]");
            assertThat(backend.path("description").asText()).isEqualTo("Theirs.");
            assertThat(backend.path("architecture").path("input_modalities")).hasSize(2);
            assertThat(backend.path("sources").path("supported_parameters").asText())
                    .isEqualTo("fetched");
        }
    }

    @Test
    void namesForOtherMediaAreListedToo() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("openai", stub).start()) {
            assertThat(ids(broker)).contains("gpt4o", "whisper-1", "tts-1", "tts-1-hd");
            assertThat(stub.requests()).isEmpty(); // the refresh is off
        }
    }

    @Test
    void aFilterNarrowsTheListAndNotWhatMayBeAskedFor() throws Exception {
        try (StubUpstream stub = new StubUpstream()
                        .onModels(
                                list("{\"id\":\"a/Llama-3\"}", "{\"id\":\"a/llama-3:free\"}", "{\"id\":\"b/qwen\"}"));
                TestBroker broker = fetching("4h")
                        .provider("up", stub, "model_filter: \"LLAMA-?, *wen\"")
                        .provider("glob", stub, "model_filter: [\"*:FREE\"]")
                        .provider("part", stub, "model_filter: llama")
                        .start()) {
            awaitModel(broker, "up/b/qwen");
            awaitModel(broker, "glob/a/llama-3:free");
            awaitModel(broker, "part/a/Llama-3");
            assertThat(ids(broker).stream().filter(id -> id.matches("(up|glob|part)/.*")))
                    .containsExactly("up/b/qwen", "glob/a/llama-3:free", "part/a/Llama-3", "part/a/llama-3:free");
            assertThat(broker.chat("up/a/Llama-3").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aListThatHangsHoldsUpNothing() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(Scripts.stall());
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            stub.awaitRequests(1);
            assertThat(broker.chat("up/m").statusCode()).isEqualTo(200);
            assertThat(broker.get("/v1/models").statusCode()).isEqualTo(200);
            long began = System.nanoTime();
            broker.broker().close();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
            stub.requests().get(0).awaitPeerClosed(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "half", "empty", "error", "redirect", "hangup", "refused"})
    void aFailureIsOneWarningAndLeavesWhatIsKnown(String how) throws Exception {
        Script bad = switch (how) {
            case "html" -> Scripts.html(200);
            case "half" -> Scripts.status(200, "{\"data\":[{\"id\":\"m\"");
            case "empty" -> Scripts.emptyOk();
            case "error" -> Scripts.error(500, "secret sk-upstream-up", "server_error", null);
            case "redirect" -> Scripts.redirect("http://127.0.0.1:1/");
            case "refused" -> Scripts.error(401, "Bad key sk-upstream-up.", "invalid_request_error", null);
            default -> Scripts.hangUp();
        };
        try (LogWatch log = new LogWatch();
                StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\",\"context_length\":7000}"));
                TestBroker broker =
                        withKey(fetching("200ms")).provider("up", stub).start()) {
            await().until(() -> listState(broker, "up").path("models").asInt() == 1);
            stub.onModels(bad);
            int before = stub.requests().size();
            stub.awaitRequests(before + 4, Duration.ofSeconds(60));
            await().until(() -> listState(broker, "up").has("error"));
            assertThat(listState(broker, "up").path("models").asInt()).isEqualTo(1);
            assertThat(listState(broker, "up").path("fetched_at").asText()).isNotEmpty();
            assertThat(log.lines().stream().filter(l -> l.contains("could not be listed")))
                    .hasSize(1);
            assertThat(log.text()).doesNotContain("sk-upstream");
            log.assertQuiet();
            stub.onModels(list("{\"id\":\"new\"}"));
            await().until(() -> !listState(broker, "up").has("error"));
        }
    }

    @Test
    void aKeyThatIsRefusedIsFollowedByTheNext() throws Exception {
        try (LogWatch log = new LogWatch();
                StubUpstream stub = new StubUpstream()
                        .onModels(exchange -> (exchange.request()
                                                .header("authorization")
                                                .endsWith("good")
                                        ? list("{\"id\":\"m\"}")
                                        : Scripts.error(401, "No.", "invalid_request_error", null))
                                .play(exchange));
                TestBroker broker = fetching("400ms")
                        .provider("up", stub, "api_keys: [sk-test-bad, sk-test-good]")
                        .start()) {
            awaitModel(broker, "up/m");
            assertThat(log.text()).doesNotContain("could not be listed");
        }
    }

    @Test
    void aListIsFetchedAgainAfterAWhile() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"old\"}"));
                TestBroker broker = fetching("200ms").provider("up", stub).start()) {
            awaitModel(broker, "up/old");
            stub.onModels(list("{\"id\":\"new\"}"));
            awaitModel(broker, "up/new");
            assertThat(ids(broker)).doesNotContain("up/old");
        }
    }

    @Test
    void anUnchangedProviderIsNotAskedAgainAfterAReload() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\"}"));
                StubUpstream added = new StubUpstream().onModels(list("{\"id\":\"n\"}"));
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            awaitModel(broker, "up/m");
            Path file = broker.home().resolve("config/providers.yaml");
            Files.writeString(
                    file,
                    Files.readString(file) + "  more: {type: openai, endpoint: \"" + added.baseUrl()
                            + "\", api_key: sk-test-more}\n");
            awaitModel(broker, "more/n");
            assertThat(model(broker, "up/m").isObject()).isTrue();
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aRestartKnowsWhatWasFetchedWithoutAsking(@TempDir Path home) throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("""
                {"id":"m","context_length":7000,"pricing":{"prompt":"0.000001","completion":"0.0000025"},
                "supported_parameters":["tools"],"architecture":{"input_modalities":["text"]}}"""))) {
            Path config = Files.createDirectories(home.resolve("config"));
            Files.writeString(
                    config.resolve("providers.yaml"),
                    "providers: {up: {type: openai, endpoint: \"" + stub.baseUrl() + "\", api_key: sk-secret-key-1234,"
                            + " headers: {X-Team: hidden-header-value}}}");
            ConfigSource source = new ConfigSource(
                    config,
                    Map.of(),
                    Map.of("serai.port", "0", "serai.ledger.enabled", "false", "serai.cache.type", "memory"));
            Path kept = home.resolve("data/model-lists.json");
            JsonNode before;
            try (Broker broker = Broker.start(source, null, List.of(), home.resolve("data"))) {
                await().until(() -> Files.exists(kept) && one(broker, "up/m").isObject());
                before = one(broker, "up/m");
            }
            assertThat(Files.readString(kept))
                    .contains("7000")
                    .doesNotContain("sk-secret")
                    .doesNotContain("hidden-header")
                    .doesNotContain("127.0.0.1");
            stub.onModels(Scripts.hangUp());
            try (Broker broker = Broker.start(source, null, List.of(), home.resolve("data"))) {
                await().until(() -> one(broker, "up/m").isObject());
                JsonNode after = one(broker, "up/m");
                for (String field :
                        new String[] {"context_window", "pricing", "architecture", "capabilities", "sources"}) {
                    assertThat((Object) after.get(field)).isNotNull().isEqualTo(before.get(field));
                }
            }
            assertThat(stub.requests()).hasSize(1);
            try (LogWatch log = new LogWatch()) {
                Files.writeString(kept, "{\"format\":1,\"providers\":{\"up\":");
                stub.onModels(list("{\"id\":\"again\"}"));
                try (Broker broker = Broker.start(source, null, List.of(), home.resolve("data"))) {
                    await().until(() -> one(broker, "up/again").isObject());
                }
                assertThat(log.text()).contains("can't be read and is ignored");
                log.assertQuiet();
            }
            try (var files = Files.list(home.resolve("data"))) {
                assertThat(files).containsExactly(kept);
            }
        }
    }

    private static JsonNode one(Broker broker, String id) throws Exception {
        try (java.net.http.HttpClient http = java.net.http.HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    java.net.http.HttpRequest.newBuilder(
                                    java.net.URI.create("http://127.0.0.1:" + broker.port() + "/v1/models/" + id))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.missingNode();
        }
    }

    @Test
    void validationAsksNobody(@TempDir Path home) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            Files.writeString(
                    home.resolve("providers.yaml"),
                    "providers: {up: {type: openai, endpoint: \"" + stub.baseUrl() + "\", api_key: sk-test-1}}");
            Broker.validate(new ConfigSource(home, Map.of(), Map.of("serai.port", "0")), null);
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void tenThousandModelsAreListedQuickly() throws Exception {
        Script many = list(IntStream.range(0, 10_000)
                .mapToObj(
                        i -> "{\"id\":\"vendor/model-" + i
                                + "\",\"context_length\":131072,\"pricing\":{\"prompt\":\"0.000001\",\"completion\":\"0.000002\"}}")
                .toArray(String[]::new));
        try (StubUpstream stub = new StubUpstream().onModels(many);
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            awaitModel(broker, "up/vendor/model-9999");
            HttpResponse<String> first = broker.get("/v1/models");
            assertThat(JSON.readTree(first.body()).path("data")).hasSizeGreaterThan(10_000);
            String etag = first.headers().firstValue("etag").orElseThrow();
            HttpResponse<String> same = broker.get("/v1/models", "if-none-match", etag);
            assertThat(same.statusCode()).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 20; i++) {
                long began = System.nanoTime();
                broker.get("/v1/models/up/vendor/model-77");
                best = Math.min(best, System.nanoTime() - began);
            }
            assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(20)); // written once, not for each request
        }
    }

    @Test
    void aProviderWhoseRouteIsStoppedIsNotAskedAndStaysListed() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\"}"));
                TestBroker broker = fetching("200ms").provider("up", stub).start()) {
            awaitModel(broker, "up/m");
            stop("provider-up");
            awaitSilence(stub);
            assertThat(ids(broker)).contains("up/m");
        }
    }

    @Test
    void aDisabledProviderIsNotAskedAndStaysListed() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\"}"));
                TestBroker broker = fetching("200ms").provider("up", stub).start()) {
            awaitModel(broker, "up/m");
            assertThat(broker.post("/api/providers/up/disable", "").statusCode())
                    .isEqualTo(200);
            awaitSilence(stub);
            assertThat(ids(broker)).contains("up/m");
        }
    }

    private static void awaitSilence(StubUpstream stub) {
        await().until(() -> {
            int before = stub.requests().size();
            Thread.sleep(500); // several intervals
            return stub.requests().size() == before;
        });
    }

    private static void stop(String route) throws Exception {
        var server = java.lang.management.ManagementFactory.getPlatformMBeanServer();
        var names = server.queryNames(
                new javax.management.ObjectName("org.apache.camel:type=routes,name=\"" + route + "\",*"), null);
        assertThat(names).isNotEmpty();
        for (var name : names) {
            server.invoke(name, "stop", new Object[0], new String[0]);
        }
    }

    // ---- what a provider's refusal teaches

    private static final Script NAMES_ITS_LIMIT = Scripts.error(
            400,
            "This model's maximum context length is 8000 tokens.",
            "invalid_request_error",
            "context_length_exceeded");
    private static final String LONG = "\"user\":\"" + "x".repeat(8_000) + "\"";
    private static final Script NAMES_NONE = Scripts.error(
            400, "Please reduce the length of the messages.", "invalid_request_error", "context_length_exceeded");

    @Test
    void aNamedLimitLeadsLaterRequestsToTheLargerModel() throws Exception {
        try (StubUpstream first = new StubUpstream();
                StubUpstream small = new StubUpstream();
                StubUpstream large = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("first", first)
                        .provider("small", small, "models: [{name: m, context_size: 8000}]")
                        .provider("large", large, "models: [{name: m, context_size: 128000}]")
                        .file("config/models.yaml", """
                                catalogue: replace
                                models:
                                  three:
                                    backends:
                                      - {provider: first, model_id: m, priority: 1, free: true}
                                      - {provider: small, model_id: m, priority: 2, free: true}
                                      - {provider: large, model_id: m, priority: 3, free: true}
                                """)
                        .start()) {
            first.on(r -> NAMES_NONE);
            assertThat(broker.chat("three", LONG).statusCode()).isEqualTo(400); // nobody knows how large it is
            first.on(r -> NAMES_ITS_LIMIT);
            assertThat(broker.chat("three", LONG).headers().firstValue("x-serai-provider"))
                    .hasValue("large");
            first.on(r -> NAMES_NONE);
            assertThat(broker.chat("three", LONG).headers().firstValue("x-serai-provider"))
                    .hasValue("large");
            assertThat(small.requests()).isEmpty();
        }
    }

    @Test
    void aNamedLimitIsShownAndCountsMoreThanTheListAndLessThanTheOperatorsWord() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\",\"context_length\":32000}"));
                TestBroker broker = fetching("4h")
                        .provider("up", stub)
                        .provider("own", stub, "models: [{name: m, context_size: 16000}]")
                        .start()) {
            awaitModel(broker, "up/m");
            stub.on(r -> NAMES_ITS_LIMIT);
            assertThat(broker.chat("up/m", LONG).statusCode()).isEqualTo(400);
            assertThat(broker.chat("own/m", LONG).statusCode()).isEqualTo(400);
            JsonNode model = model(broker, "up/m");
            assertThat(model.path("context_window").asInt()).isEqualTo(8000);
            assertThat(model.path("sources").path("context_window").asText()).isEqualTo("learned");
            assertThat(model(broker, "own/m").path("context_window").asInt()).isEqualTo(16000);
        }
    }

    @Test
    void aLimitThatTheRequestDoesNotReachIsNotBelieved() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\",\"context_length\":2000}"));
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            awaitModel(broker, "up/m");
            stub.on(r -> NAMES_ITS_LIMIT);
            broker.chat("up/m");
            assertThat(model(broker, "up/m").path("context_window").asInt()).isEqualTo(2000);
            broker.chat("up/m", "\"max_tokens\":8000"); // the limit is for what is asked for too
            assertThat(model(broker, "up/m").path("context_window").asInt()).isEqualTo(8000);
        }
    }

    @Test
    void anAnswerToALongerRequestUnlearnsTheLimit() throws Exception {
        try (StubUpstream stub = new StubUpstream().onModels(list("{\"id\":\"m\",\"context_length\":32000}"));
                TestBroker broker = fetching("4h").provider("up", stub).start()) {
            awaitModel(broker, "up/m");
            stub.on(r -> NAMES_ITS_LIMIT);
            broker.chat("up/m", LONG);
            assertThat(model(broker, "up/m").path("context_window").asInt()).isEqualTo(8000);
            stub.on(r -> r.streaming() ? Scripts.stream(List.of("Yes"), 8001, 1) : Scripts.chat("Yes"));
            broker.chat("up/m", "\"stream\":true");
            await().until(() -> model(broker, "up/m").path("context_window").asInt() == 32000);
        }
    }

    // ---- what else takes effect of a model's entry

    @Test
    void defaultParametersFillWhatTheClientLeftOut() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider(
                                "up",
                                stub,
                                "models: [{name: m, default_parameters: "
                                        + "{temperature: 0.2, max_tokens: 50, top_p: null, stop: [x, y]}}]")
                        .start()) {
            broker.chat("up/m", "\"temperature\":1", "\"max_completion_tokens\":7");
            JsonNode sent = stub.lastRequest().json();
            assertThat(sent.path("temperature").asInt()).isEqualTo(1);
            assertThat(sent.path("stop").toString()).isEqualTo("[\"x\",\"y\"]");
            assertThat(sent.has("max_tokens")).isFalse(); // the client said it by its other name
            assertThat(sent.has("top_p")).isFalse();
            broker.chat("up/m");
            assertThat(stub.lastRequest().json().path("temperature").decimalValue())
                    .isEqualByComparingTo("0.2");
            assertThat(stub.lastRequest().json().path("max_tokens").asInt()).isEqualTo(50);
        }
    }

    @Test
    void whatThePromptCacheSavedIsInTheLog() throws Exception {
        String answer =
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"%s\",\"choices\":[{\"index\":0,\"message\":"
                        + "{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1200,"
                        + "\"completion_tokens\":5,\"total_tokens\":1205,\"prompt_tokens_details\":{\"cached_tokens\":1000,"
                        + "\"cache_write_tokens\":100}}}";
        try (RequestLog log = new RequestLog();
                StubUpstream stub = new StubUpstream()
                        .on(r -> Scripts.status(
                                200, answer.formatted(r.json().path("model").asText())));
                TestBroker broker = TestBroker.with()
                        .provider(
                                "up",
                                stub,
                                "models: [{name: m, pricing: {prompt: 0.000003, completion: 0.000015, "
                                        + "input_cache_read: 0.0000003, input_cache_write: 0.00000375}}, {name: unpriced}]")
                        .start()) {
            Map<String, String> line = log.await(id(broker.chat("up/m")));
            assertThat(line).containsEntry("cached", "1000");
            assertThat(line).containsEntry("saved_usd", "0.002625"); // 1000 x 0.0000027 - 100 x 0.00000075
            Map<String, String> unpriced = log.await(id(broker.chat("up/unpriced")));
            assertThat(unpriced).containsEntry("cached", "1000").doesNotContainKey("saved_usd");
        }
    }

    private static String id(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }
}
