package io.serai.door;

import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.ClientResponse;
import io.serai.call.RequestId;
import io.serai.call.UpstreamFailure;
import io.serai.config.Network;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.support.DefaultMessage;

/**
 * The first step of every door: makes the {@link Call}, and takes the client's headers out of Camel's sight.
 */
public final class OpenCall implements Processor {
    private static final List<String> FORWARDING =
            List.of("forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host");
    private final Vertx vertx;
    private final Cors cors;
    private final String catalogue;
    private final List<Network> trusted;

    /**
     * @param catalogue the version of the catalogue that holds for the calls opened
     * @param trusted the proxies that are believed when they say whom they ask for
     */
    public OpenCall(Vertx vertx, Cors cors, String catalogue, List<Network> trusted) {
        this.trusted = trusted;
        this.vertx = vertx;
        this.cors = cors;
        this.catalogue = catalogue;
    }

    @Override
    public void process(Exchange exchange) {
        HttpMessage message = exchange.getIn(HttpMessage.class);
        HttpServerRequest request = message.getRequest();
        Context context = vertx.getOrCreateContext();
        String id = RequestId.of(request.getHeader("x-request-id"));
        Map<String, String> common = new HashMap<>();
        common.put("x-request-id", id);
        cors.allow(request.getHeader("origin"), common);
        ClientResponse client = new ClientResponse(message.getResponse(), request.connection(), context, common);
        SocketAddress peer = request.remoteAddress();
        String address = peer == null || peer.hostAddress() == null ? "local" : peer.hostAddress();
        Call call = new Call(
                id,
                door(String.valueOf(request.path())),
                Caller.unknown(
                        ClientAddress.of(address, request.headers().getAll("x-forwarded-for"), trusted),
                        loopback(address, request.headers())),
                client,
                catalogue);
        client.onGone(() -> call.cancellation().cancel(new UpstreamFailure.ClientGone()));
        exchange.setProperty(Call.PROPERTY, call);
        exchange.setProperty(DoorRequest.PROPERTY, new DoorRequest(request, call));
        exchange.setMessage(new DefaultMessage(exchange.getContext()));
    }

    /** As it stands in the log: whoever reads that must not be able to fetch what an id stands for. */
    private static String door(String path) {
        return path.startsWith(ServeContent.DOOR) ? ServeContent.DOOR + "..." : path;
    }

    private static boolean loopback(String address, MultiMap headers) {
        boolean here = address.equals("local")
                || address.startsWith("127.")
                || address.equals("::1")
                || address.equals("0:0:0:0:0:0:0:1")
                || address.startsWith("::ffff:127.");
        return here && FORWARDING.stream().noneMatch(headers::contains);
    }
}
