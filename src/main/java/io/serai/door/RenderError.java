package io.serai.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.routing.WalkErrors;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The doors' error handling: whatever a route threw becomes an answer in the client's dialect, with its status while that is
 * possible and as the stream's last event when it is not. It never throws itself.
 */
public final class RenderError implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(RenderError.class);
    private final ErrorBody bodies;
    private final Settings settings;

    public RenderError(ErrorBody bodies, Settings settings) {
        this.bodies = bodies;
        this.settings = settings;
    }

    @Override
    public void process(Exchange exchange) {
        Call call = DoorRequest.call(exchange); // a mistake may leave another on the exchange, and nobody hears of that
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (call == null) {
            LOG.error("A request failed before it became a call", caught);
            exchange.getMessage().setBody(null);
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 500);
            return;
        }
        if (call.reply() instanceof Reply.Streaming(Reply.OpenStream open)) {
            open.abandon(); // nobody is going to read it any more
        }
        ApiError error = find(caught, call);
        exchange.getMessage().setBody(null);
        ClientResponse client = call.client();
        if (client == null) {
            return;
        }
        ObjectNode shaped = bodies.of(call, error);
        byte[] body = call.dialect().error(shaped).toString().getBytes(StandardCharsets.UTF_8);
        Buffer event = Buffer.buffer(call.dialect().errorEvent(shaped));
        call.answered(error.status(), error);
        client.error(error.status(), headers(call, error), body, event, whole -> {
            if (!whole) {
                call.answered(200, error);
            }
        });
    }

    private Map<String, String> headers(Call call, ApiError error) {
        Map<String, String> headers = new HashMap<>(settings.routingHeaders() ? RoutingFacts.headers(call) : Map.of());
        Duration wait = error.retryAfter();
        if (wait != null) {
            headers.put("retry-after", Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000)));
        }
        if (error.status() == 413 || error.status() == 408 && call.attempts().isEmpty()) {
            headers.put("connection", "close"); // the rest of the body is not going to be read
        }
        return headers;
    }

    private static ApiError find(@Nullable Throwable caught, Call call) {
        for (Throwable t = caught; t != null; t = t.getCause()) {
            if (t instanceof ApiError error) {
                return error;
            }
            if (t instanceof UpstreamException upstream) {
                return WalkErrors.of(upstream.failure(), null);
            }
            if (t instanceof DirectConsumerNotAvailableException) {
                return WalkErrors.of(new UpstreamFailure.NotTried("stopped", null), null); // a rotation, by hand
            }
        }
        if (call.cancellation().reason() instanceof UpstreamFailure.ClientGone gone) {
            return WalkErrors.of(gone, null);
        }
        LOG.error("{} failed", call.id(), caught);
        return ApiError.internal(call.id());
    }
}
