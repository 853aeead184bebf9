package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose answers are kept, where the operator says so for some only; and the other settings of the response cache. */
final class CacheSwitchesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final AtomicInteger QUESTIONS = new AtomicInteger();
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        stub.forModel("picker", Scripts.chat("plain/a"));
        stub.forModel("long", Scripts.chat("word ".repeat(500)));
        broker = TestBroker.with()
                .set("serai.response-cache.max-temperature", "0.5")
                .set("serai.response-cache.streams", "false")
                .set("serai.response-cache.max-answer-bytes", "2KiB")
                .set("serai.response-cache.across-tenants", "true")
                .set("serai.auth.keys", "first,second")
                .provider(
                        "on",
                        stub,
                        "enable_response_cache: true",
                        "models: [{name: a}, {name: b, enable_response_cache: false}, {name: long}]")
                .provider("plain", stub, "models: [{name: a}, {name: b, enable_response_cache: true}, {name: picker}]")
                .file("config/rotations.yaml", """
                        rotations:
                          loud:
                            enable_response_cache: true
                            providers: [{provider_id: plain, models: [{name: a, weight: 1}]}]
                          outer:
                            enable_response_cache: true
                            providers: [{provider_id: rotation/quiet, weight: 1}]
                          quiet:
                            enable_response_cache: false
                            providers: [{provider_id: plain, models: [{name: a, weight: 1}]}]
                          hushed:
                            enable_response_cache: false
                            providers: [{provider_id: on, models: [{name: a, weight: 1}]}]
                        """)
                .file("config/autoselect.yaml", """
                        picking:
                          enable_response_cache: true
                          fallback: plain/a
                          selection_model: plain/picker
                          available_models:
                            - {model_id: plain/a, description: Everything}
                            - {model_id: on/a, description: Nothing}
                        passing:
                          enable_response_cache: true
                          fallback: rotation/quiet
                          available_models:
                            - {model_id: rotation/quiet, description: Everything}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static String question(String model, String... more) {
        return TestBroker.body(model, more).replace("Hello", "Question " + QUESTIONS.incrementAndGet());
    }

    private static HttpResponse<String> ask(String body, String key) throws Exception {
        HttpResponse<String> answer = broker.post(CHAT, body, "authorization", "Bearer " + key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static String cache(String body) throws Exception {
        return ask(body, "first").headers().firstValue("x-serai-cache").orElse("none");
    }

    private static void awaitHit(String body) {
        await().atMost(SOON).until(() -> cache(body).equals("hit"));
    }

    @ParameterizedTest
    @CsvSource({
        "on/a,                true,  its provider's word",
        "on/b,                false, its own before its provider's",
        "plain/a,             false, nobody's but the setting's",
        "plain/b,             true,  its own before the setting",
        "rotation/loud,       true,  the rotation's before the setting",
        "rotation/outer,      false, the nearer rotation's",
        "rotation/hushed,     true,  the provider's before the rotation's",
        "autoselect/picking,  true,  the autoselect's before the setting",
        "autoselect/passing,  false, the rotation's before the autoselect's",
    })
    void theNearestWordCounts(String model, boolean kept, String why) throws Exception {
        String body = question(model, "\"temperature\":0");
        if (kept) {
            assertThat(cache(body)).as(why).isEqualTo("miss");
            awaitHit(body);
        } else {
            assertThat(cache(body)).as(why).isEqualTo("none");
            assertThat(cache(body)).as(why).isEqualTo("none");
        }
    }

    @Test
    void nothingIsPickedForAQuestionThatIsAnsweredAlready() throws Exception {
        String body = question("autoselect/picking", "\"temperature\":0");
        awaitHit(body);
        int before = stub.requests().size();

        assertThat(cache(body)).isEqualTo("hit");
        assertThat(stub.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"temperature\":0.6", "\"top_p\":1"}) // the second says none, which counts as 1
    void aTemperatureAboveTheMostIsAskedAnew(String more) throws Exception {
        String body = question("on/a", more);
        int before = stub.requests().size();

        assertThat(cache(body)).isEqualTo("bypass");
        assertThat(cache(body)).isEqualTo("bypass");
        assertThat(stub.requests()).hasSize(before + 2);
    }

    @Test
    void aStreamIsNotKeptButGiven() throws Exception {
        String body = question("on/a", "\"temperature\":0.5");
        String streamed = body.replaceFirst("\\{", "{\"stream\":true,");
        ask(streamed, "first");
        await().atMost(SOON).until(() -> cache(body).equals("miss")); // a hit as long as the stream is shared
        awaitHit(body);

        HttpResponse<String> replayed = ask(streamed, "first");

        assertThat(replayed.headers().firstValue("x-serai-cache")).hasValue("hit");
        assertThat(replayed.body()).contains("Hello from the stub.").endsWith("data: [DONE]\n\n");
    }

    @Test
    void whatIsTooLargeIsNotKept() throws Exception {
        String body = question("on/long", "\"temperature\":0");
        assertThat(cache(body)).isEqualTo("miss");

        await().atMost(SOON).until(() -> cache(body).equals("miss")); // who asked with the first had its answer
    }

    @Test
    void keysShareAnswersWhereTheOperatorSaysSo() throws Exception {
        String body = question("on/a", "\"temperature\":0");
        awaitHit(body);

        assertThat(ask(body, "second").headers().firstValue("x-serai-cache")).hasValue("hit");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a machine has one address of its own only")
    void withoutKeysEachAddressIsATenant() throws Exception {
        String body = question("acme/m", "\"temperature\":0");
        try (TestBroker open = TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .provider("acme", stub)
                .start()) {
            await().atMost(SOON).until(() -> cacheFrom("127.0.0.1", open, body).equals("hit"));

            assertThat(cacheFrom("127.0.0.2", open, body)).isEqualTo("miss");
            assertThat(cacheFrom("127.0.0.1", open, body)).isEqualTo("hit");
        }
    }

    private static String cacheFrom(String address, TestBroker broker, String body) throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName(address))
                .build()) {
            HttpRequest request = broker.request(CHAT)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return answer.headers().firstValue("x-serai-cache").orElse("none");
        }
    }

    @Test
    void whatIsKeptOutlivesAChangeOfTheFilesAndGoesWithWhatItDependsOn() throws Exception {
        String body = question("on/a", "\"temperature\":0");
        awaitHit(body);
        Path file = broker.home().resolve("config/providers.yaml");
        String files = Files.readString(file);

        long generation = broker.broker().view().getGeneration();
        Files.writeString(file, files + "# another line\n");
        await().atMost(SOON).until(() -> broker.broker().view().getGeneration() > generation);
        assertThat(cache(body)).isEqualTo("hit");

        Files.writeString(
                file,
                files.replace(
                        "{name: a}, {name: b, enable", "{name: a, default_parameters: {seed: 1}}, {name: b, enable"));
        await().atMost(SOON).until(() -> broker.broker().view().getGeneration() > generation + 1);
        assertThat(cache(body)).as("it would be asked otherwise").isEqualTo("miss");

        awaitHit(body);
        try (StubUpstream elsewhere = new StubUpstream()) {
            Files.writeString(
                    file, Files.readString(file).replace(":" + stub.port() + "/", ":" + elsewhere.port() + "/"));
            await().atMost(SOON).until(() -> broker.broker().view().getGeneration() > generation + 2);
            assertThat(cache(body)).as("another would be asked").isEqualTo("miss");
        } finally {
            Files.writeString(file, files);
            await().atMost(SOON).until(() -> broker.broker().view().getGeneration() > generation + 3);
        }
    }

    @Test
    void withoutACacheThereIsNothingOfIt() throws Exception {
        try (TestBroker off = TestBroker.with().provider("acme", stub).start()) {
            HttpResponse<String> answer = off.chat("acme/m");

            assertThat(answer.headers().firstValue("x-serai-cache")).isEmpty();
            assertThat(off.chat("acme/m").headers().firstValue("x-serai-cache")).isEmpty();
            assertThat(JSON.readTree(off.get("/api/cache/stats").body()).path("backends"))
                    .isEmpty();
            assertThat(off.home().resolve("data/cache.db")).doesNotExist();
            assertThat(off.home().resolve("data/cache")).doesNotExist();
        }
    }
}
