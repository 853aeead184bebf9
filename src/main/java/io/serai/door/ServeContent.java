package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.UpstreamException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Hands out what an answer named, and nothing else. The address that a name resolves to is looked at and then connected to, so
 * that it can't be another one by then; a private one is refused unless it is the provider's own endpoint; a redirect is not
 * followed.
 */
public final class ServeContent implements Processor {
    /** Below it stand the ids. */
    static final String DOOR = "/api/proxy/";

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Pattern RANGE = Pattern.compile("bytes=[0-9, -]{1,200}");

    private final HttpClient http;
    private final ContentTable table;

    public ServeContent(HttpClient http, ContentTable table) {
        this.http = http;
        this.table = table;
    }

    @Override
    public void process(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        ClientResponse client = call.client();
        String path = String.valueOf(request.path());
        String id = path.substring(path.lastIndexOf('/') + 1);
        ContentTable.Content content = table.find(id, call.caller());
        if (content == null || client == null) {
            throw gone();
        }
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(content.url())
                .setServer(address(content))
                .setFollowRedirects(false)
                .setConnectTimeout(CONNECT.toMillis())
                .setIdleTimeout(SILENCE.toMillis())
                .putHeader("user-agent", "serai")
                .putHeader("accept", "*/*");
        String range = request.getHeader("range");
        if (range != null && RANGE.matcher(range).matches()) {
            options.putHeader("range", range);
            String unchanged = request.getHeader("if-range");
            if (unchanged != null) { // else the rest of another picture would be put behind a part of this one
                options.putHeader("if-range", unchanged);
            }
        }
        ContentTransfer transfer =
                new ContentTransfer(call, client, request.method().equals(HttpMethod.HEAD));
        call.cancellation().during(transfer::abandon);
        try {
            client.onLoop(() -> transfer.begin(http.request(options)));
            transfer.await();
        } finally {
            call.cancellation().done();
        }
    }

    static ApiError gone() {
        return new ApiError(
                404,
                "invalid_request_error",
                "content_not_found",
                null,
                "There is nothing at this address, or not any more, or not for this key.",
                null);
    }

    private static SocketAddress address(ContentTable.Content content) {
        URI uri = uri(content.url());
        boolean own = authority(uri).equals(authority(uri(content.endpoint())));
        try {
            InetAddress[] all = InetAddress.getAllByName(uri.getHost());
            for (InetAddress one : all) {
                if (!own && !PublicAddress.is(one)) {
                    throw unreachable("The provider named an address that is not on the internet; it is not fetched.");
                }
            }
            return SocketAddress.inetSocketAddress(new InetSocketAddress(all[0], port(uri)));
        } catch (UnknownHostException e) {
            throw unreachable("The address that the provider named has no host.");
        }
    }

    private static URI uri(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw unreachable("What the provider named is not an address.");
    }

    private static String authority(URI uri) {
        return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":"
                + port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    static ApiError unreachable(String message) {
        return new ApiError(502, "api_error", "upstream_error", null, message, null);
    }
}
