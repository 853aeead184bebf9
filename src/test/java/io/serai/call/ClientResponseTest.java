package io.serai.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way back to the client, over a real connection. */
@Timeout(120)
final class ClientResponseTest {
    @Test
    void whenAnErrorCutsASoundNothingIsLeftForPlatformHttpToAnswer() throws Exception {
        Vertx vertx = Vertx.vertx();
        CompletableFuture<Boolean> endedOnReturn = new CompletableFuture<>();
        CompletableFuture<Boolean> whole = new CompletableFuture<>();
        HttpServer server = vertx.createHttpServer().requestHandler(request -> {
            ClientResponse client =
                    new ClientResponse(request.response(), request.connection(), vertx.getOrCreateContext(), Map.of());
            client.openRaw(200, "audio/mpeg", Map.of());
            client.write(Buffer.buffer("half a so"));
            Thread.startVirtualThread(
                    () -> { // as the route's
                        client.error(500, Map.of(), new byte[0], Buffer.buffer("data: {}\n\n"), whole::complete);
                        endedOnReturn.complete(request.response().ended());
                    });
        });
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            int port = server.listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .actualPort();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .build();

            assertThat(catchThrowable(() -> http.send(request, BodyHandlers.ofString())))
                    .isInstanceOf(IOException.class);

            assertThat(endedOnReturn.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(whole).isCompletedWithValue(false);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }
}
