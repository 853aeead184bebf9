package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A thousand clients at once, at a provider that takes its time. */
final class LoadTest {
    private static final int STREAMS = 1_000;
    private static final long MEGABYTE = 1024 * 1024;

    @Test
    void aThousandSlowStreamsAllFinishInBoundedMemory() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch();
                TestBroker broker = TestBroker.with().provider("acme", stub).start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            broker.chat("acme/m", "\"stream\":true");
            long before = usedHeap();
            stub.on(request -> Scripts.stream("one ", "two ", "three ", "four ", "five")
                    .firstEventAfter(Duration.ofMillis(200))
                    .gateAfter(3, gate));

            CountDownLatch begun = new CountDownLatch(STREAMS);
            List<Future<String>> wave = wave(broker, clients, begun);
            begun.await();
            await().untilAsserted(() ->
                    assertThat(broker.broker().view().getInFlight()).isEqualTo(STREAMS));
            assertThat(usedHeap() - before).isLessThan(250 * MEGABYTE); // clients and stub included
            gate.complete(null);
            assertWhole(wave);
            awaitNobodyInside(broker); // its connections are free again
            int connections = stub.acceptedConnections();

            assertWhole(wave(broker, clients, new CountDownLatch(STREAMS))); // on the connections of the first
            awaitNobodyInside(broker);
            assertThat(stub.acceptedConnections() - connections).isLessThan(STREAMS / 2);
            await().untilAsserted(() -> assertThat(stub.openConnections()).isLessThanOrEqualTo(STREAMS + 1));
            await().untilAsserted(() -> assertThat(usedHeap() - before).isLessThan(120 * MEGABYTE));
            log.assertQuiet();
        }
    }

    private static List<Future<String>> wave(TestBroker broker, ExecutorService clients, CountDownLatch begun) {
        String body = TestBroker.body("acme/m", "\"stream\":true");
        String request =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        List<Future<String>> all = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            all.add(clients.submit(() -> {
                try (RawHttp client = new RawHttp(broker)) {
                    RawHttp.Answer head = client.send(request).readHead();
                    begun.countDown();
                    assertThat(head.status()).isEqualTo(200);
                    return client.rest(head);
                }
            }));
        }
        return all;
    }

    private static void assertWhole(List<Future<String>> wave) throws Exception {
        for (Future<String> stream : wave) {
            assertThat(stream.get())
                    .contains("one ", "two ", "three ", "four ", "five")
                    .endsWith("data: [DONE]\n\n");
        }
    }

    private static void awaitNobodyInside(TestBroker broker) {
        await().untilAsserted(
                        () -> assertThat(broker.broker().view().getInFlight()).isZero());
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
