package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.config.Settings;
import io.vertx.core.http.HttpServerRequest;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Replaces the addresses of pictures in an answer ({@code data[].url}) by the broker's own, where {@code serai.content-rewrite}
 * says so.
 */
public final class RewriteContent implements Processor {
    private final ContentTable table;
    private final boolean on;

    public RewriteContent(ContentTable table, Settings settings) {
        this.table = table;
        this.on = settings.media().contentRewrite();
    }

    @Override
    public void process(Exchange exchange) {
        Call call = Call.of(exchange);
        ObjectNode body = call.getReplyBody();
        Attempt served = call.served();
        if (!on || body == null || served == null) {
            return;
        }
        String endpoint = served.target().provider().endpoint();
        for (JsonNode item : body.path("data")) {
            String url = item.path("url").asText("");
            if (item instanceof ObjectNode picture && (url.startsWith("https://") || url.startsWith("http://"))) {
                String id = table.add(url, call.caller(), endpoint);
                picture.put("url", origin(DoorRequest.of(exchange).http()) + ServeContent.DOOR + id);
            }
        }
    }

    /** As the client sees the broker; what it sends as its own address only it gets back. */
    private static String origin(HttpServerRequest request) {
        String scheme = "https".equalsIgnoreCase(request.getHeader("x-forwarded-proto")) ? "https" : "http";
        String host = request.getHeader("x-forwarded-host");
        return scheme + "://" + (host == null ? request.getHeader("host") : host);
    }
}
