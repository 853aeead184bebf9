package io.serai.door;

import io.vertx.core.http.HttpServerRequest;
import org.apache.camel.Exchange;

/** The HTTP request behind a call: read by the door's own steps and by nothing that goes upstream. */
public record DoorRequest(HttpServerRequest http) {
    static final String PROPERTY = "doorRequest";

    public static DoorRequest of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, DoorRequest.class);
    }

    /** Shows nothing: the request holds the client's key. */
    @Override
    public String toString() {
        return "DoorRequest";
    }
}
