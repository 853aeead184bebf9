package io.serai.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand random requests over six vendors that fail at random. {@code -Dserai.soak.seed=N} repeats a run's draw,
 * {@code -Dserai.soak.requests=N} makes it longer.
 */
final class SoakTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLIENTS = 50;
    /** Fewer than a leak of one connection in a hundred requests would need. */
    private static final int CONNECTIONS = 64;

    private static final int TOKENS_A_MINUTE = 30_000;
    private static final Duration SPACING = Duration.ofMillis(20);
    private static final long HEAP_GROWTH = 6 * 1024 * 1024;
    private static final String QUICK = "timeouts: {connect: 1, first_event: 1, idle: 1, total: 2.5}";

    private final long seed = Long.getLong("serai.soak.seed", System.nanoTime() & 0xFFFFFF);
    private final int requests = Integer.getInteger("serai.soak.requests", 10_000);
    private final Evidence evidence = new Evidence();
    private final Verification verification = new Verification(evidence);
    private final AtomicInteger next = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> tokens = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Hit> spaced = new ConcurrentLinkedQueue<>();

    private TestBroker broker(List<Vendor> vendors, StubUpstream noTls) throws Exception {
        TestBroker.Setup setup = TestBroker.with()
                .set("serai.retry.backoff-base", "5ms")
                .set("serai.retry.backoff-cap", "40ms")
                .set("serai.retry.max-wait", "400ms")
                .set("serai.error-cooldown", "100ms")
                .set("serai.breaker.open", "100ms")
                .set("serai.upstream.max-connections", Integer.toString(CONNECTIONS))
                .set("serai.adaptive-rate-limiting.base-backoff", "20ms")
                .set("serai.adaptive-rate-limiting.max-rate-limit", "40ms")
                .set("serai.admin.token", "admin-token")
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          pair: {backends: [{provider: alpha, model_id: m, priority: 1, free: true}, {provider: beta, model_id: m, priority: 2, free: true}]}
                          trio: {backends: [{provider: gamma, model_id: m, priority: 1, free: true}, {provider: delta, model_id: m, priority: 2, free: true}, {provider: zeta, model_id: m, priority: 3, free: true}]}
                        """)
                .file("config/rotations.yaml", """
                        rotations:
                          shares:
                            strategy: weighted
                            providers:
                              - {provider_id: alpha, models: [{name: m, weight: 3}]}
                              - {provider_id: beta, models: [{name: m, weight: 2}]}
                              - {provider_id: gamma, models: [{name: m, weight: 1}]}
                              - {provider_id: epsilon, models: [{name: m, weight: 3}]}
                          order:
                            strategy: priority
                            providers:
                              - {provider_id: refused, models: [{name: m, weight: 9}]}
                              - {provider_id: notls, models: [{name: m, weight: 8}]}
                              - {provider_id: zeta, models: [{name: m, weight: 5}]}
                              - {provider_id: delta, models: [{name: m, weight: 4}]}
                              - {provider_id: alpha, models: [{name: m, weight: 3}]}
                          quick:
                            strategy: fastest
                            providers:
                              - {provider_id: alpha, models: [{name: m}]}
                              - {provider_id: gamma, models: [{name: m}]}
                              - {provider_id: delta, models: [{name: m}]}
                              - {provider_id: epsilon, models: [{name: m}]}
                          cheap:
                            strategy: cheapest
                            providers:
                              - {provider_id: lost, models: [{name: m}]}
                              - {provider_id: beta, models: [{name: m}]}
                              - {provider_id: epsilon, models: [{name: m}]}
                          nested:
                            strategy: weighted
                            providers:
                              - {provider_id: rotation/shares, weight: 1}
                              - {provider_id: trio, weight: 1}
                        """);
        Map<String, String> more = Map.of(
                "alpha",
                "api_keys: [sk-a-one, sk-a-two]",
                "beta",
                "api_keys: [sk-b-one, sk-b-two]",
                "epsilon",
                "api_keys: [sk-e-one, sk-e" + Vendor.DEAD + ", sk-e" + Vendor.BROKE
                        + ", sk-e-two], default_rate_limit_TPM: " + TOKENS_A_MINUTE,
                "zeta",
                "rate_limit: " + SPACING.toMillis() / 1e3);
        for (Vendor vendor : vendors) {
            String own = more.get(vendor.id);
            String[] keys = own == null ? new String[] {QUICK} : new String[] {QUICK, own};
            if (own != null && own.startsWith("api_keys")) {
                keys = new String[] {own, QUICK};
            }
            setup.provider(vendor.wire.name().toLowerCase(java.util.Locale.ROOT), vendor.id, vendor.endpoint(), keys);
        }
        return setup.provider("openai", "refused", "http://127.0.0.1:1/v1", QUICK)
                .provider("openai", "lost", "http://no-such-host.invalid/v1", QUICK)
                .provider("openai", "notls", "https://127.0.0.1:" + noTls.port() + "/v1", QUICK)
                .start();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // a minute, where nothing else runs
    void everyRequestEndsAsItShouldAndNothingStaysBehind() throws Exception {
        System.out.println("soak: seed " + seed);
        List<Vendor> vendors = List.of(
                new Vendor("alpha", Wire.OPENAI, seed, evidence),
                new Vendor("beta", Wire.ANTHROPIC, seed, evidence),
                new Vendor("gamma", Wire.GOOGLE, seed, evidence),
                new Vendor("delta", Wire.OLLAMA, seed, evidence),
                new Vendor("epsilon", Wire.OPENAI, seed, evidence),
                new Vendor("zeta", Wire.OPENAI, seed, evidence));
        try (evidence;
                StubUpstream noTls = new StubUpstream();
                TestBroker broker = broker(vendors, noTls)) {
            run(broker, requests / 50, 4); // what is not compiled yet is slow
            run(broker, requests * 3 / 10, CLIENTS);
            idle(broker, vendors);
            long heap = Remains.heap();
            List<String> threads = Remains.threads();
            run(broker, requests, CLIENTS);
            idle(broker, vendors);
            long grown = Remains.heap() - heap;
            System.out.println("soak: " + verification.outcomes + ", late " + verification.late + ", threads "
                    + threads.size() + " then " + Remains.threads().size() + ", heap grown by " + grown);
            assertThat(grown).as(seeded("heap")).isLessThan(HEAP_GROWTH);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(Remains.threads())
                            .as(seeded("threads, from " + threads))
                            .hasSizeLessThanOrEqualTo(threads.size() + 2));
            assertThat(verification.late.get()).as(seeded("too late")).isLessThan(requests / 50);
            assertThat(evidence.errors()).as(seeded("errors in the log")).isEmpty();
            await().untilAsserted(() -> limits(broker));
            recovered(broker, vendors);
        } finally {
            vendors.forEach(Vendor::close);
        }
    }

    private String seeded(String what) {
        return what + ", -Dserai.soak.seed=" + seed;
    }

    private void run(TestBroker broker, int until, int clients) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> {
                    for (int n = next.getAndIncrement(); n < until; n = next.getAndIncrement()) {
                        one(broker, Request.draw(seed, n));
                    }
                }));
            }
            for (Future<?> client : all) {
                client.get();
            }
        }
        next.set(until);
        assertThat(wrong).as(seeded(wrong.size() + " requests ended wrongly")).isEmpty();
    }

    private void one(TestBroker broker, Request request) {
        try {
            Map<String, String> line = verification.check(request.send(broker.port()));
            long used = Long.parseLong(line.get("in")) + Long.parseLong(line.get("out"));
            tokens.computeIfAbsent(line.get("instance"), i -> new AtomicLong()).addAndGet(used);
            evidence.hits(request.id()).stream()
                    .filter(hit -> hit.provider().equals("zeta"))
                    .forEach(spaced::add);
        } catch (Throwable e) {
            if (wrong.size() < 20) {
                wrong.add(request + ": " + e + "\n  hits " + evidence.hits(request.id()) + "\n  failed "
                        + evidence.failed(request.id()));
            } else {
                wrong.add(request.id());
            }
        } finally {
            evidence.forget(request.id());
        }
    }

    /** Nobody waits for anything, and nothing is held. */
    private void idle(TestBroker broker, List<Vendor> vendors) throws Exception {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(broker.broker().view().getInFlight()).as("requests").isZero();
            assertThat(vendors).as("answers under way").allMatch(vendor -> vendor.playing() == 0);
            assertThat(Remains.connections(broker.port()))
                    .as("clients' connections")
                    .isZero();
            assertThat(Remains.calls()).as("threads of requests").isZero();
            assertThat(broker.uploads()).isEmpty();
            for (JsonNode instance : rates(broker)) {
                assertThat(instance.path("waiting").asInt())
                        .as(seeded("in line"))
                        .isZero();
            }
        });
        for (Vendor vendor : vendors) {
            assertThat(vendor.connections()).as(vendor.id).isLessThanOrEqualTo(2 * CONNECTIONS);
            assertThat(vendor.malformed()).isEmpty();
        }
    }

    private static JsonNode rates(TestBroker broker) throws Exception {
        return JSON.readTree(broker.get("/api/rate-limits", "authorization", "Bearer admin-token")
                        .body())
                .path("instances");
    }

    /** What is counted is what was used, to the token: nothing is set aside for calls that are over, or given back twice. */
    private void limits(TestBroker broker) throws Exception {
        JsonNode rates = rates(broker);
        rates.properties().forEach(instance -> {
            if (instance.getValue().path("provider").asText().equals("epsilon")) {
                JsonNode used = instance.getValue().path("tokens_used");
                assertThat(used.path("hour").asLong())
                        .as(seeded("tokens of " + instance.getKey()))
                        .isEqualTo(tokens.getOrDefault(instance.getKey(), new AtomicLong())
                                .get());
                assertThat(used.path("minute").asLong()).isLessThanOrEqualTo(TOKENS_A_MINUTE);
            }
        });
        assertThat(tokens).as("somebody used the keys that have a limit").containsKeys("epsilon-0", "epsilon-3");
        List<Long> times = spaced.stream().map(Hit::at).sorted().toList();
        long twoSeconds = Duration.ofSeconds(2).toNanos();
        int most = 0;
        for (int from = 0, to = 0; to < times.size(); to++) {
            while (times.get(to) - times.get(from) > twoSeconds) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        assertThat(most).as(seeded("calls in two seconds")).isLessThanOrEqualTo(2000 / (int) SPACING.toMillis() + 25);
    }

    /** Every key that is any good serves again, and its breaker is closed. */
    private void recovered(TestBroker broker, List<Vendor> vendors) {
        vendors.forEach(Vendor::recover);
        AtomicInteger number = new AtomicInteger(next.get());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            for (Vendor vendor : vendors) {
                for (int i = 0; i < 8; i++) {
                    HttpResponse<String> answer = broker.post(
                            "/v1/chat/completions",
                            "{\"model\":\"" + vendor.id
                                    + "/m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"soak-"
                                    + number.getAndIncrement() + "\"}]}");
                    assertThat(answer.statusCode())
                            .as(vendor.id + ": " + answer.body())
                            .isEqualTo(200);
                }
            }
            JsonNode health = JSON.readTree(
                    broker.get("/health", "authorization", "Bearer admin-token").body());
            for (Vendor vendor : vendors) {
                health.at("/providers/" + vendor.id + "/instances").forEach(instance -> {
                    boolean noGood = instance.path("id").asText().matches("epsilon-[12]");
                    assertThat(instance.path("breaker").asText()).isEqualToIgnoringCase("closed");
                    assertThat(instance.path("cooldown_until").isNull()
                                    || instance.path("cooldown_until").isMissingNode())
                            .as(instance.toString())
                            .isNotEqualTo(noGood);
                });
            }
        });
    }
}
