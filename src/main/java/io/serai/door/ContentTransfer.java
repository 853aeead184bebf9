package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Outcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file on its way from where a provider keeps it to the client, with back-pressure. The client's event loop. */
final class ContentTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(ContentTransfer.class);
    private static final List<String> PASSED =
            List.of("content-length", "content-range", "content-encoding", "accept-ranges", "etag", "last-modified");

    private final Call call;
    private final ClientResponse client;
    private final boolean headOnly;
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private @Nullable HttpClientRequest request;
    private boolean abandoned;

    ContentTransfer(Call call, ClientResponse client, boolean headOnly) {
        this.call = call;
        this.client = client;
        this.headOnly = headOnly;
    }

    void begin(Future<HttpClientRequest> connecting) {
        connecting
                .compose(made -> {
                    request = made;
                    if (abandoned) {
                        made.reset();
                    }
                    return made.send();
                })
                .compose(response -> {
                    received(response);
                    return Future.succeededFuture();
                })
                .onFailure(this::failed);
    }

    private void received(HttpClientResponse response) {
        response.exceptionHandler(e -> {}); // of an answer that is not wanted to its end
        int status = response.statusCode();
        if (status != 200 && status != 206 && status != 416) {
            stop();
            fail(
                    status >= 400 && status < 500
                            ? ServeContent.gone()
                            : ServeContent.unreachable("The content's server answered with status " + status
                                    + ", which is not followed."));
            return;
        }
        String named = response.getHeader("content-type");
        String type = named == null ? "application/octet-stream" : named;
        call.answered(status, null);
        client.openRaw(status, type, headers(response, type));
        if (headOnly) {
            stop();
            client.end(Buffer.buffer());
            over.complete(true);
            return;
        }
        response.handler(bytes -> {
            client.write(bytes);
            if (client.full()) {
                response.pause();
                client.onDrain(v -> response.resume());
            }
        });
        response.exceptionHandler(e -> {
            call.endedAs(Outcome.UPSTREAM_ERROR_AFTER_OUTPUT);
            client.cut(() -> over.complete(true));
        });
        response.endHandler(v -> {
            client.end(Buffer.buffer());
            over.complete(true);
        });
    }

    /** A browser must not run what a provider's address holds as a page of the broker's. */
    private static Map<String, String> headers(HttpClientResponse response, String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : PASSED) {
            String value = response.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        boolean harmless = type.matches("(?i)(image/(?!svg)|audio/|video/).*");
        headers.put("x-content-type-options", "nosniff");
        headers.put("content-disposition", harmless ? "inline" : "attachment");
        headers.put("content-security-policy", "default-src 'none'; sandbox");
        headers.put("cache-control", "private");
        return headers;
    }

    /** There was no answer, or one that can't be handed on. */
    private void failed(Throwable e) {
        stop();
        if (!over.isDone()) {
            LOG.debug("{}: no content", call.id(), e);
            fail(ServeContent.unreachable("The content can't be fetched from where it is."));
        }
    }

    private void fail(ApiError error) {
        over.completeExceptionally(error);
    }

    private void stop() {
        if (request != null) {
            request.reset();
        }
    }

    /** The client has gone. Any thread. */
    void abandon() {
        client.onLoop(() -> {
            abandoned = true;
            stop();
            over.complete(false);
        });
    }

    /** Returns when the last byte is with the client, or nobody is there to take it. */
    void await() {
        try {
            over.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiError error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
        }
    }
}
