package io.serai.broker;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** What a broker says of its cache. */
final class CacheWatch {
    static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private CacheWatch() {}

    /** Of one backend. */
    static JsonNode stats(TestBroker broker, String backend) throws IOException, InterruptedException {
        return backends(broker).path(backend);
    }

    /** Out of a backend: an answer that is still being kept is given from memory. */
    static void awaitHit(TestBroker broker, Callable<Boolean> asked) {
        await().atMost(SOON).until(() -> {
            long before = hits(broker);
            return asked.call() && hits(broker) > before;
        });
    }

    private static long hits(TestBroker broker) throws IOException, InterruptedException {
        long hits = 0;
        for (JsonNode backend : backends(broker)) {
            hits += backend.path("hits").asLong();
        }
        return hits;
    }

    private static JsonNode backends(TestBroker broker) throws IOException, InterruptedException {
        return JSON.readTree(broker.get("/api/cache/stats").body()).path("backends");
    }
}
