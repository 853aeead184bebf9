package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.routing.Groups;
import io.serai.routing.Instances;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** {@code GET /}: the state and the names of what is here, as JSON or, for who prefers that, as a page. */
public final class ShowRoot {
    private static final String ICON =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><path fill=\"#2b6cb0\""
                    + " d=\"M8 1 15 8 8 15 1 8z\"/></svg>";
    private static final String DAY = "max-age=86400";

    private final ObjectMapper json;
    private final Instances instances;
    private final Groups groups;
    private final ShowHealth health;

    public ShowRoot(ObjectMapper json, Instances instances, Groups groups, ShowHealth health) {
        this.json = json;
        this.instances = instances;
        this.groups = groups;
        this.health = health;
    }

    /** {@code {message, version, status, providers: [ids], rotations: [ids], autoselect: [ids]}} */
    public void show(Exchange exchange) {
        Call call = Call.of(exchange);
        ClientResponse client = call.client();
        if (client == null) {
            return;
        }
        call.answered(200, null);
        if (prefersPage(DoorRequest.of(exchange).http().getHeader("accept"))) {
            String page = RootPage.of(
                    health.status(),
                    health.providers(exchange.getContext()),
                    groups.rotations().keySet(),
                    groups.autoselects().keySet());
            client.reply(200, RootPage.HEADERS, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
        } else {
            client.reply(200, Map.of("vary", "accept"), "application/json", body().getBytes(StandardCharsets.UTF_8));
        }
    }

    private String body() {
        ObjectNode body = json.createObjectNode();
        body.put("message", "Serai is running").put("version", Version.TEXT).put("status", health.status());
        instances.providers().forEach(body.putArray("providers")::add);
        groups.rotations().keySet().forEach(body.putArray("rotations")::add);
        groups.autoselects().keySet().forEach(body.putArray("autoselect")::add);
        return body.toString();
    }

    /** The icon that browsers ask for by themselves. */
    public void icon(Exchange exchange) {
        Call call = Call.of(exchange);
        call.answered(200, null);
        if (call.client() != null) {
            call.client()
                    .reply(200, Map.of("cache-control", DAY), "image/svg+xml", ICON.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether {@code text/html} is named, and JSON is not or with a lower weight. A {@code *} asks for no page. */
    static boolean prefersPage(@Nullable String accept) {
        double page = weight(accept, "text/html");
        return page > 0 && page > weight(accept, "application/json");
    }

    private static double weight(@Nullable String accept, String type) {
        for (String range : accept == null ? new String[0] : accept.split(",")) {
            String[] parts = range.split(";");
            if (parts[0].strip().equalsIgnoreCase(type)) {
                return weight(parts);
            }
        }
        return 0;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
