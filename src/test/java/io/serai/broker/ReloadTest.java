package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files change while the broker runs: good ones are taken over, bad ones reported, and no request notices. */
final class ReloadTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CUSTOM = """
            - route:
                id: before-dispatch
                from:
                  uri: direct:before-dispatch
                  steps:
                    - setProperty: {name: x, simple: "${exchangeProperty.call.setModel('acme/rewritten')}"}
            """;

    private StubUpstream stub;

    @BeforeEach
    void start() {
        stub = new StubUpstream();
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void filesThatChangeAreTakenOverWithoutARestart() throws Exception {
        try (TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            assertThat(broker.chat("later/m").statusCode()).isEqualTo(404);
            write(broker, "config/providers.yaml", providers("acme", "later"));
            await().atMost(SOON).until(() -> broker.chat("later/m").statusCode() == 200);

            write(broker, "routes/custom/x.camel.yaml", CUSTOM);
            await().atMost(SOON).until(() -> {
                broker.chat("acme/m");
                return stub.lastRequest().json().path("model").asText().equals("rewritten");
            });

            write(broker, "config/application.properties", "serai.response.routing-headers=false\n");
            await().atMost(SOON)
                    .until(() -> broker.chat("acme/m")
                            .headers()
                            .firstValue("x-serai-provider")
                            .isEmpty());
            Files.delete(broker.home().resolve("routes/custom/x.camel.yaml"));
            await().atMost(SOON).until(() -> {
                broker.chat("acme/m");
                return stub.lastRequest().json().path("model").asText().equals("m");
            });
        }
    }

    @Test
    void badFilesAreReportedAndTheLastGoodOnesGoOn() throws Exception {
        try (TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            record Bad(String file, String text, String said) {}
            String good = Files.readString(broker.home().resolve("config/providers.yaml"));
            List<Bad> all = List.of(
                    new Bad("config/providers.yaml", "providers: [", "providers.yaml"),
                    new Bad("config/providers.yaml", good.replace("endpoint", "endpont"), "endpont"),
                    new Bad("config/application.properties", "serai.nosuch=1\n", "serai.nosuch"),
                    new Bad("routes/custom/x.camel.yaml", "- route: {id: [", "routes/custom/x.camel.yaml"),
                    new Bad("routes/custom/x.camel.yaml", "- rout: {id: x}\n", "routes/custom/x.camel.yaml"),
                    new Bad("routes/custom/x.y.camel.yaml", CUSTOM, "routes/custom/x.y.camel.yaml"),
                    new Bad("routes/custom/x.yaml", CUSTOM, "routes/custom/x.yaml"),
                    new Bad(
                            "routes/custom/x.camel.yaml",
                            CUSTOM.replace("direct:before-dispatch", "nosuchcomponent:x"),
                            "routes/custom/x.camel.yaml:1: Failed"),
                    new Bad(
                            "routes/custom/x.camel.yaml",
                            CUSTOM.replace("- setProperty: {name: x, ", "- process: {ref: nosuchbean} #"),
                            "routes/custom/x.camel.yaml:1: Failed"),
                    new Bad(
                            "routes/custom/x.camel.yaml",
                            CUSTOM.replace("id: before-dispatch", "id: another"), // a second consumer of the same name
                            "before-dispatch"));
            for (Bad bad : all) {
                Path file = broker.home().resolve(bad.file());
                String before = Files.exists(file) ? Files.readString(file) : null;
                Files.writeString(file, bad.text());
                assertThat(broker.broker().reload()).as(bad.toString()).isFalse();
                JsonNode errors = JSON.readTree(broker.get("/health").body()).at("/config/errors");
                assertThat(errors.size()).as(errors.toString()).isPositive();
                assertThat(errors.toString()).contains(bad.said()).doesNotContain("sk-upstream-acme");
                assertThat(broker.broker().view().getConfigErrors()).hasSize(errors.size());
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
                if (before == null) {
                    Files.delete(file);
                } else {
                    Files.writeString(file, before);
                }
                assertThat(broker.broker().reload()).as("after " + bad).isTrue();
                assertThat(JSON.readTree(broker.get("/health").body())
                                .at("/config/errors")
                                .isEmpty())
                        .isTrue();
            }
            onlyTheCurrentGenerationIsLeft(broker);
        }
    }

    @Test
    void whatAnEditorLeavesBesideAFileIsIgnored() throws Exception {
        try (TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            for (String name : List.of(
                    "x.camel.yaml~",
                    ".x.camel.yaml.swp",
                    ".x.swp",
                    "#x.camel.yaml#",
                    ".#x.camel.yaml",
                    "4913",
                    "x.camel.yaml.bak",
                    "..data/x.camel.yaml")) {
                write(broker, "routes/custom/" + name, "not a route: [");
            }
            Thread.sleep(1_600);
            assertThat(broker.broker().generation()).isEqualTo(1);
            assertThat(broker.broker().reload()).isTrue();
            assertThat(broker.broker().view().getConfigErrors()).isEmpty();
        }
    }

    @Test
    void whatIsKnownOfAProvidersHealthOutlivesAReload() throws Exception {
        try (TestBroker broker =
                TestBroker.with().provider("acme", stub).provider("bad", stub).start()) {
            stub.enqueue(Scripts.rateLimited(300));
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(429);
            stub.forModel("broken", Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 12; i++) {
                broker.chat("bad/broken");
            }
            JsonNode before = JSON.readTree(broker.get("/health").body()).path("providers");
            assertThat(before.at("/acme/instances/0/state").asText()).isEqualTo("cooling_down");
            assertThat(before.at("/bad/instances/0/breaker").asText()).isEqualTo("open");

            write(broker, "config/providers.yaml", providers("later", "bad", "acme"));
            assertThat(broker.broker().reload()).isTrue();
            JsonNode after = JSON.readTree(broker.get("/health").body()).path("providers");
            assertThat(after.at("/acme/instances/0/state").asText()).isEqualTo("cooling_down");
            assertThat(after.at("/bad/instances/0/breaker").asText()).isEqualTo("open");
            int asked = stub.requests().size();
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(429);
            assertThat(stub.requests()).hasSize(asked);
            // with no other way it is tried rather than refused, and is as broken as before
            assertThat(broker.chat("bad/broken").statusCode()).isEqualTo(502);
            assertThat(broker.chat("later/m").statusCode()).isEqualTo(200);
        }
    }

    /** The promise of generations: ten reloads, every other one bad, under load, and nobody notices. */
    @Test
    void tenReloadsUnderLoadAreNotNoticed() throws Exception {
        List<String> words =
                IntStream.range(0, 120).mapToObj(i -> "w" + i + " ").toList();
        String whole = String.join("", words);
        CompletableFuture<Void> reloaded =
                new CompletableFuture<>(); // however long that takes, the streams last longer
        stub.forModel(
                "stream", Scripts.stream(words).between(Duration.ofMillis(20)).gateAfter(60, reloaded));
        stub.forModel("plain", Scripts.completion("plain answer"));
        try (TestBroker broker = TestBroker.with().provider("acme", stub).start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            broker.chat("acme/plain");
            onlyTheCurrentGenerationIsLeft(broker);
            Queue<String> failures = new ConcurrentLinkedQueue<>();
            AtomicInteger plain = new AtomicInteger();
            AtomicBoolean over = new AtomicBoolean();
            CountDownLatch open = new CountDownLatch(100);
            List<CompletableFuture<Void>> work = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                work.add(CompletableFuture.runAsync(() -> failures.addAll(stream(broker, whole, open)), threads));
            }
            assertThat(open.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 10; i++) {
                int phase = i * 20;
                work.add(CompletableFuture.runAsync(() -> failures.addAll(ask(broker, over, plain, phase)), threads));
            }
            Path file = broker.home().resolve("config/providers.yaml");
            String good = Files.readString(file);
            for (int i = 1; i <= 10; i++) {
                boolean bad = i % 2 == 0;
                Files.writeString(file, bad ? good.replace("endpoint", "endpont") : good + "# " + i + "\n");
                if (i % 4 == 2) {
                    Files.writeString(
                            broker.home().resolve("routes/custom/x.camel.yaml"), "- route: {from: {uri: x:y}}\n");
                } else {
                    Files.deleteIfExists(broker.home().resolve("routes/custom/x.camel.yaml"));
                }
                boolean expected = !bad;
                if (i <= 2) { // through the watch, as an operator's change comes
                    await().atMost(SOON)
                            .until(() ->
                                    broker.broker().view().getConfigErrors().isEmpty() == expected
                                            && broker.broker().generation() >= 2);
                } else {
                    assertThat(broker.broker().reload()).isEqualTo(expected);
                }
                Thread.sleep(200);
            }
            await().atMost(SOON).until(() -> plain.get() > 100); // on a busy machine they take longer than the reloads
            int running = broker.broker().view().getInFlight();
            reloaded.complete(null);
            over.set(true);
            work.forEach(CompletableFuture::join);
            assertThat(failures).isEmpty();
            assertThat(running).isGreaterThanOrEqualTo(100);
            assertThat(plain.get()).isGreaterThan(100);
            assertThat(stub.malformedRequests()).isEmpty();
            onlyTheCurrentGenerationIsLeft(broker);
            await().atMost(SOON).untilAsserted(() -> assertThat(camelsThreads()).isLessThanOrEqualTo(1));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(broker.broker().view().getInFlight()).isZero());
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(stub.openConnections()).isZero());
    }

    private List<String> stream(TestBroker broker, String whole, CountDownLatch open) {
        List<String> failures = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        AtomicBoolean done = new AtomicBoolean();
        try {
            HttpResponse<java.util.stream.Stream<String>> answer = broker.http()
                    .send(
                            broker.request("/v1/chat/completions")
                                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                            TestBroker.body("acme/stream", "\"stream\":true")))
                                    .build(),
                            HttpResponse.BodyHandlers.ofLines());
            open.countDown();
            if (answer.statusCode() != 200) {
                failures.add("stream answered " + answer.statusCode());
            }
            answer.body().forEach(line -> {
                if (line.equals("data: [DONE]")) {
                    done.set(true);
                } else if (line.startsWith("data: ")) {
                    text.append(content(line.substring(6)));
                }
            });
        } catch (Exception e) {
            failures.add("stream: " + e);
        }
        if (!done.get() || !text.toString().equals(whole)) {
            failures.add("stream not whole: " + text);
        }
        return failures;
    }

    private static String content(String json) {
        try {
            return JSON.readTree(json).at("/choices/0/delta/content").asText();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return "(not JSON)";
        }
    }

    /** Five requests a second. */
    private static List<String> ask(TestBroker broker, AtomicBoolean over, AtomicInteger count, int delayMs) {
        List<String> failures = new ArrayList<>();
        try {
            Thread.sleep(delayMs);
            while (!over.get()) {
                HttpResponse<String> answer = broker.chat("acme/plain");
                count.incrementAndGet();
                if (answer.statusCode() != 200 || !answer.body().contains("plain answer")) {
                    failures.add(answer.statusCode() + " " + answer.body());
                }
                Thread.sleep(200);
            }
        } catch (Exception e) {
            failures.add("plain: " + e);
        }
        return failures;
    }

    /** From how many generations threads are left. */
    private static long camelsThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(t -> t.getName().replaceFirst(" thread #.*", ""))
                .filter(t -> t.startsWith("Camel") || t.startsWith("serai-retire"))
                .distinct()
                .count();
    }

    private static void onlyTheCurrentGenerationIsLeft(TestBroker broker) throws Exception {
        // asked each time: the watch over the files may bring one more while this waits
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(ManagementFactory.getPlatformMBeanServer()
                                .queryNames(new ObjectName("org.apache.camel:type=context,*"), null)
                                .stream()
                                .map(n -> n.getKeyProperty("name").replace("\"", ""))
                                .toList())
                        .containsExactly("serai-" + broker.broker().generation()));
    }

    private String providers(String... ids) {
        StringBuilder text = new StringBuilder("providers:\n");
        for (String id : ids) {
            text.append("  ")
                    .append(id)
                    .append(": {type: openai, endpoint: \"")
                    .append(stub.baseUrl())
                    .append("\", api_key: sk-upstream-")
                    .append(id)
                    .append("}\n");
        }
        return text.toString();
    }

    private static void write(TestBroker broker, String name, String text) throws Exception {
        Path file = broker.home().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
