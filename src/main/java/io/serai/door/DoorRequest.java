package io.serai.door;

import io.serai.call.Call;
import io.vertx.core.http.HttpServerRequest;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP request behind a call: read by the door's own steps and by nothing that goes upstream.
 *
 * @param call whose client waits, whatever the exchange carries meanwhile: a part, or what goes out for several
 */
public record DoorRequest(HttpServerRequest http, Call call) {
    static final String PROPERTY = "doorRequest";

    public static DoorRequest of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, DoorRequest.class);
    }

    /** The call whose client waits; null before there is one. */
    static @Nullable Call call(Exchange exchange) {
        DoorRequest request = exchange.getProperty(PROPERTY, DoorRequest.class);
        return request == null ? null : request.call();
    }

    /** Shows nothing: the request holds the client's key. */
    @Override
    public String toString() {
        return "DoorRequest";
    }
}
