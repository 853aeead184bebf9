package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.slf4j.LoggerFactory;

/** Requests that are sent side by side, and how many of them have met in the route {@code batch}. */
final class Together {
    private Together() {}

    static CompletableFuture<HttpResponse<String>> send(
            TestBroker broker, String path, String body, String... headers) {
        HttpRequest.Builder request = broker.request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        request.header("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return broker.http().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** So many times the same, with the request ids {@code <name>-0} and on. */
    static List<CompletableFuture<HttpResponse<String>>> send(
            int times, String name, TestBroker broker, String path, String body) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(send(broker, path, body, "x-request-id", name + "-" + i));
        }
        return answers;
    }

    /** Sees clients leave a batch that goes on without them, by what the broker says of it at DEBUG. */
    static final class Leavings implements AutoCloseable {
        private static final Logger BATCH = (Logger) LoggerFactory.getLogger("io.serai.batch");
        private final LogWatch watch = new LogWatch();

        Leavings() {
            BATCH.setLevel(Level.DEBUG);
        }

        /** Waits until the request's client is gone, and so many go on. */
        void await(String id, int others) {
            Awaitility.await().until(() -> watch.text().contains(id + " has left its batch, " + others + " go on"));
        }

        @Override
        public void close() {
            BATCH.setLevel(null);
            watch.close();
        }
    }

    /** Waits until so many attempts are in the route {@code batch}, as JMX shows it. */
    static void await(int attempts) throws Exception {
        await("batch", attempts);
    }

    /** Waits until so many are in the route, as JMX shows it. */
    static void await(String route, int attempts) throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long seen = -1;
        while (seen != attempts && System.nanoTime() < deadline) {
            Set<ObjectName> names = beans.queryNames(
                    new ObjectName("org.apache.camel:context=*serai-*,type=routes,name=\"" + route + "\""), null);
            seen = 0;
            for (ObjectName name : names) {
                seen = Math.max(seen, ((Number) beans.getAttribute(name, "ExchangesInflight")).longValue());
            }
            Thread.sleep(2);
        }
        assertThat(seen).as("in the route " + route).isEqualTo(attempts);
    }
}
