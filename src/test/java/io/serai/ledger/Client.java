package io.serai.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks a broker that is a process of its own. */
final class Client implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;

    Client(int port) {
        this.port = port;
    }

    int ask(String id) throws IOException, InterruptedException {
        return http.send(
                        request("/v1/chat/completions")
                                .header("x-request-id", id)
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"model\":\"acme/m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** What {@code /health} says of the ledger. */
    JsonNode ledger() throws IOException, InterruptedException {
        return JSON.readTree(http.send(request("/health").build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .path("ledger");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .header("authorization", "Bearer sk-test");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
