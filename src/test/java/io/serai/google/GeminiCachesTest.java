package io.serai.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.broker.TestBroker;
import io.serai.stub.GoogleRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cached contents: https://ai.google.dev/api/caching. The stub keeps them as Google does, and forgets them when told. */
final class GeminiCachesTest {
    /** Some five thousand tokens, above what Google takes at least. */
    private static final String HANDBOOK = "Be kind to everyone. ".repeat(1000);

    private static final Duration SOON = Duration.ofSeconds(60);

    private final StubUpstream stub = new StubUpstream();
    private final GoogleRules rules = new GoogleRules();
    private final Set<String> kept = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    GeminiCachesTest() {
        stub.on(request -> rules.apply(request).orElseGet(() -> vendor(request)));
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    private Script vendor(RecordedRequest request) {
        String path = request.path().substring(request.path().indexOf("/v1beta/") + "/v1beta/".length());
        if (request.method().equals("POST") && path.equals("cachedContents")) {
            if (refusing) {
                return Scripts.status(
                        500, GoogleRules.error(500, "An internal error has occurred.", "INTERNAL", "", ""));
            }
            String name = "cachedContents/c" + stub.requests().size();
            kept.add(name);
            return Scripts.status(200, "{\"name\":\"" + name + "\",\"model\":\"models/gemini-2.5-flash\"}");
        }
        if (request.method().equals("DELETE")) {
            kept.remove(path);
            return Scripts.status(200, "{}");
        }
        if (request.method().equals("PATCH")) {
            return Scripts.status(200, "{\"name\":\"" + path + "\"}");
        }
        String used = request.json().path("cachedContent").asText("");
        return used.isEmpty() || kept.contains(used)
                ? Scripts.status(200, Gemini.HELLO)
                : Scripts.status(
                        403,
                        GoogleRules.error(
                                403, "CachedContent not found (or permission denied)", "PERMISSION_DENIED", "", ""));
    }

    private TestBroker.Setup broker(String... more) throws Exception {
        String[] all = List.of("enable_native_caching: true", String.join(", ", more)).stream()
                .filter(s -> !s.isEmpty())
                .toArray(String[]::new);
        return TestBroker.with().provider("google", "google", stub.origin(), all);
    }

    private static HttpResponse<String> ask(TestBroker broker, String handbook, String question) throws Exception {
        HttpResponse<String> answer = broker.post(
                "/v1/chat/completions",
                "{\"model\":\"google/gemini-2.5-flash\",\"messages\":[{\"role\":\"system\",\"content\":\"" + handbook
                        + "\"},{\"role\":\"user\",\"content\":\"" + question + "\"}],\"tools\":[{\"type\":\"function\","
                        + "\"function\":{\"name\":\"look_up\"}}],\"tool_choice\":\"auto\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private List<RecordedRequest> of(String method, String path) {
        return stub.requests().stream()
                .filter(r -> r.method().equals(method) && r.path().contains(path))
                .toList();
    }

    private void awaitCache() {
        await().atMost(SOON).until(() -> !kept.isEmpty());
    }

    /** Google's answer to the creation is out; the broker has yet to take it in. */
    private void askUntilUsed(TestBroker broker) {
        await().atMost(SOON).until(() -> {
            ask(broker, HANDBOOK, "And again?");
            return stub.lastRequest().text().contains("cachedContents/");
        });
    }

    @Test
    void aPrefixThatComesAgainIsCachedAndNamed() throws Exception {
        try (TestBroker broker = broker("cache_ttl: 600").start()) {
            ask(broker, "Seen once. " + HANDBOOK, "What does it say?");
            ask(broker, HANDBOOK, "What does it say?");
            ask(broker, HANDBOOK, "Who wrote it?");
            awaitCache();

            askUntilUsed(broker);

            List<RecordedRequest> made = of("POST", "/cachedContents");
            assertThat(made).hasSize(1);
            JsonNode content = made.get(0).json();
            assertThat(content.path("systemInstruction")
                            .path("parts")
                            .path(0)
                            .path("text")
                            .asText())
                    .isEqualTo(HANDBOOK);
            assertThat(content.path("model").asText()).isEqualTo("models/gemini-2.5-flash");
            assertThat(content.path("ttl").asText()).isEqualTo("600s");
            assertThat(content.has("tools")).isTrue();
            assertThat(content.has("toolConfig")).isTrue();
            assertThat(made.get(0).header("x-goog-api-key")).isEqualTo("sk-upstream-google");
            JsonNode sent = stub.lastRequest().json();
            assertThat(sent.toString())
                    .isEqualTo(
                            "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"And again?\"}]}],\"cachedContent\":\""
                                    + kept.iterator().next() + "\"}");
        }
        assertThat(kept).as("deleted when the broker stops").isEmpty();
    }

    @Test
    void aCacheThatGoogleForgotCostsOneMoreAttempt() throws Exception {
        try (TestBroker broker = broker().start()) {
            ask(broker, HANDBOOK, "One?");
            ask(broker, HANDBOOK, "Two?");
            awaitCache();
            askUntilUsed(broker);
            kept.clear();

            HttpResponse<String> answer = ask(broker, HANDBOOK, "Three?");

            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("2");
            assertThat(stub.lastRequest().json().has("cachedContent")).isFalse();
            assertThat(Gemini.adapted(answer)).isEmpty();
        }
    }

    @Test
    void whatIsUsedIsRenewedAndWhatIsNotIsDeleted() throws Exception {
        try (TestBroker broker = broker("cache_ttl: 4").start()) {
            ask(broker, HANDBOOK, "One?");
            ask(broker, HANDBOOK, "Two?");
            awaitCache();
            await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> {
                ask(broker, HANDBOOK, "On and on?");
                return !of("PATCH", "/cachedContents/").isEmpty();
            });
            assertThat(of("PATCH", "/cachedContents/").get(0).target()).endsWith("?updateMask=ttl");
            assertThat(of("PATCH", "/cachedContents/").get(0).text()).isEqualTo("{\"ttl\":\"4s\"}");

            await().atMost(SOON).until(() -> kept.isEmpty());

            assertThat(of("DELETE", "/cachedContents/")).isNotEmpty();
        }
    }

    @Test
    void aFailureToCacheHurtsNobody() throws Exception {
        refusing = true;
        try (TestBroker broker = broker().start()) {
            ask(broker, HANDBOOK, "One?");
            ask(broker, HANDBOOK, "Two?");
            await().atMost(SOON).until(() -> !of("POST", "/cachedContents").isEmpty());

            HttpResponse<String> answer = ask(broker, HANDBOOK, "Three?");

            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");
            assertThat(of("POST", "/cachedContents")).hasSize(1);
        }
    }

    @Test
    void itOutlivesAReload() throws Exception {
        try (TestBroker broker = broker().start()) {
            ask(broker, HANDBOOK, "One?");
            ask(broker, HANDBOOK, "Two?");
            awaitCache();
            askUntilUsed(broker);

            assertThat(broker.broker().reload()).isTrue();

            ask(broker, HANDBOOK, "Three?");
            assertThat(stub.lastRequest().json().path("cachedContent").asText()).startsWith("cachedContents/");
            assertThat(of("POST", "/cachedContents")).hasSize(1);
        }
    }
}
