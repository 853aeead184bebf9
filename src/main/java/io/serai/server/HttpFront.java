package io.serai.server;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.serai.call.ApiError;
import io.serai.call.RequestId;
import io.serai.config.Settings;
import io.serai.door.Cors;
import io.serai.door.ErrorBody;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serai's own HTTP server; one for each event loop, all on one port. It hands each request to the current generation, and
 * answers itself, in shape, what no route is there for.
 */
final class HttpFront extends AbstractVerticle {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int MAX_LINE_BYTES = 16 * 1024;
    /** How long the rest of a refused body is read. */
    private static final long LINGER_MS = 1_000;

    private final Traffic traffic;
    private final ErrorBody errors;
    private final String host;
    private final int port;
    private final AtomicInteger bound;

    /** What the fronts share with the broker. */
    interface Traffic {
        /** A generation that has let this request in. */
        Generation enter();

        boolean draining();

        /** What holds for a connection that is opened now. */
        Settings.Server server();
    }

    /**
     * @param port to bind; 0: a free one, the same for all fronts of a deployment
     * @param bound is told the port
     */
    HttpFront(Traffic traffic, ErrorBody errors, String host, int port, AtomicInteger bound) {
        this.traffic = traffic;
        this.errors = errors;
        this.host = host;
        this.port = port;
        this.bound = bound;
    }

    @Override
    public void start(Promise<Void> started) {
        QuietConnections connections = new QuietConnections(vertx, traffic::server);
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                .setTcpNoDelay(true)
                .setAcceptBacklog(4096)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                // no WebSockets here, and their handlers would see every chunk
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                // an offer of h2c is ignored: Vert.x would leave one without settings unanswered, and HTTP/2 has no
                // header
                // `connection`, which tells a client here that its body will not be read
                .setHttp2ClearTextEnabled(false));
        server.connectionHandler(connections::opened);
        server.invalidRequestHandler(this::invalid);
        server.exceptionHandler(e -> {}); // a connection that broke before it asked anything
        server.requestHandler(r -> handle(r, connections.asked(r.connection())))
                .listen(port == 0 ? -1 : port, host)
                .onComplete(result -> {
                    if (result.succeeded()) {
                        bound.set(result.result().actualPort());
                        started.complete();
                    } else {
                        started.fail(result.cause());
                    }
                });
    }

    /** @param answered to be run when the answer is over */
    private void handle(HttpServerRequest request, Runnable answered) {
        if (traffic.draining() && !String.valueOf(request.path()).endsWith("/health")) {
            request.response().endHandler(v -> {
                answered.run();
                finish(request);
            });
            refuse(
                    request,
                    new ApiError(
                            503,
                            "api_error",
                            "shutting_down",
                            null,
                            "The broker is shutting down.",
                            Duration.ofSeconds(5)),
                    true);
            return;
        }
        Generation generation = traffic.enter();
        request.response().endHandler(v -> {
            generation.leave();
            answered.run();
            finish(request);
        });
        if (request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains("access-control-request-method")
                && preflight(request, new Cors(generation.snapshot().settings().corsOrigins()))) {
            return;
        }
        generation.router().handle(request);
    }

    /**
     * Reads and forgets what is left of a body that was refused: many clients look for the answer only when all is sent, and
     * the next request of the connection stands behind it. Who sends for too long is cut off.
     */
    private void finish(HttpServerRequest request) {
        boolean close = "close".equalsIgnoreCase(request.response().headers().get("connection"));
        if (request.isEnded() || !request.response().ended()) {
            if (close) {
                request.connection().close();
            }
            return;
        }
        long timer = vertx.setTimer(LINGER_MS, id -> request.connection().close());
        request.handler(part -> {});
        request.exceptionHandler(e -> vertx.cancelTimer(timer));
        request.endHandler(v -> {
            vertx.cancelTimer(timer);
            if (close) {
                request.connection().close();
            }
        });
        request.resume();
    }

    private static boolean preflight(HttpServerRequest request, Cors cors) {
        Map<String, String> headers =
                cors.preflight(request.getHeader("origin"), request.getHeader("access-control-request-headers"));
        if (headers == null) {
            return false;
        }
        HttpServerResponse response = request.response().setStatusCode(204);
        headers.forEach(response::putHeader);
        response.end();
        return true;
    }

    /** Answers for paths and methods that no route has, and for what the router itself could not do. */
    static void shape(Router router, ErrorBody errors) {
        router.errorHandler(
                400,
                c -> answer(c.request(), errors, refusal(400, "invalid_url", "This address can't be read."), false));
        router.errorHandler(
                413,
                c -> answer(
                        c.request(),
                        errors,
                        refusal(413, "request_too_large", "The request body is too large."),
                        true));
        router.errorHandler(404, c -> answer(c.request(), errors, notFound(c.request()), false));
        router.errorHandler(405, c -> {
            if (!c.response().headWritten()) {
                c.response().putHeader("allow", Allowed.methods(router.getRoutes(), c.normalizedPath()));
            }
            answer(c.request(), errors, wrongMethod(c.request()), false);
        });
        router.errorHandler(500, c -> answer(c.request(), errors, ApiError.internal("(none)"), false));
    }

    private static ApiError notFound(HttpServerRequest request) {
        return new ApiError(
                404,
                "invalid_request_error",
                "unknown_url",
                null,
                "There is no " + clean(request.path()) + " here. Try POST /v1/chat/completions or GET /v1/models.",
                null);
    }

    private static ApiError wrongMethod(HttpServerRequest request) {
        return new ApiError(
                405,
                "invalid_request_error",
                "method_not_allowed",
                null,
                "This address does not take " + clean(request.method().name()) + ".",
                null);
    }

    private void invalid(HttpServerRequest request) {
        refuse(request, badHttp(request.decoderResult().cause()), true);
    }

    private static ApiError badHttp(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpHeaderException) {
            return refusal(431, "headers_too_large", "The header is larger than " + MAX_HEAD_BYTES + " bytes.");
        }
        if (cause instanceof TooLongHttpLineException) {
            return refusal(414, "url_too_long", "The address is longer than " + MAX_LINE_BYTES + " bytes.");
        }
        return refusal(400, "invalid_http", "This is not a valid HTTP request.");
    }

    private static ApiError refusal(int status, String code, String message) {
        return new ApiError(status, "invalid_request_error", code, null, message, null);
    }

    private void refuse(HttpServerRequest request, ApiError error, boolean close) {
        answer(request, errors, error, close);
    }

    private static void answer(HttpServerRequest request, ErrorBody errors, ApiError error, boolean close) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.headWritten()) {
            return;
        }
        response.setStatusCode(error.status())
                .putHeader("content-type", "application/json")
                .putHeader("x-request-id", RequestId.of(request.getHeader("x-request-id")));
        if (error.retryAfter() != null) {
            response.putHeader("retry-after", Long.toString(error.retryAfter().toSeconds()));
        }
        if (close) {
            response.putHeader("connection", "close");
        }
        response.end(errors.of(null, error).toString());
    }

    private static String clean(@Nullable String text) {
        String known = text == null ? "" : text;
        return (known.length() > 200 ? known.substring(0, 200) : known).replaceAll("[^\\x21-\\x7e]", "?");
    }
}
