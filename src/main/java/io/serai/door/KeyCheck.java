package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.config.Secret;
import io.serai.config.Settings;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and whether that opens the door: behaviour, section 18. A key comes as {@code Authorization: Bearer} or {@code
 * x-api-key}; both kinds are compared by their SHA-256, each with every configured one, in constant time.
 */
public final class KeyCheck {
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    private final List<Settings.ClientKey> keys;
    private final byte @Nullable [] adminToken;
    private final Cors cors;

    public KeyCheck(Settings settings) {
        this.keys = settings.keys();
        this.cors = new Cors(settings.corsOrigins());
        Secret token = settings.adminToken();
        this.adminToken = token == null ? null : sha256(token.reveal());
    }

    /** For client doors: a client key or the admin token; anyone on this machine while there are no keys. 401 else. */
    public void client(Exchange exchange) {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        String key = presented(request);
        Caller known = known(call.caller(), key);
        if (known != null) {
            call.identified(known);
        } else if (!keys.isEmpty() || !call.caller().loopback()) {
            throw ApiError.badKey(
                    key == null
                            ? "No API key. Send one as 'Authorization: Bearer <key>' or 'x-api-key: <key>'."
                            : "Incorrect API key. The operator of this broker hands them out.");
        } else if (!cors.allows(request.getHeader("origin"))) {
            refuseForeign(request);
        }
    }

    private static void refuseForeign(HttpServerRequest request) {
        if (BrowserCheck.fromPageElsewhere(request)) {
            throw ApiError.forbidden(
                    "foreign_page",
                    "Without keys the broker answers no page of another site. Set serai.auth.keys, and name the page in"
                            + " serai.cors.origins.");
        }
        if (BrowserCheck.underForeignName(request)) {
            throw ApiError.forbidden(
                    "foreign_host",
                    "Without keys the broker answers to localhost and to addresses, not to a name that anyone may have"
                            + " pointed here. Ask 127.0.0.1, or set serai.auth.keys.");
        }
    }

    /** For the operator's doors: the admin token; without one configured, this machine itself. 401 or 403 else. */
    public void admin(Exchange exchange) {
        Call call = Call.of(exchange);
        String key = presented(DoorRequest.of(exchange).http());
        Caller known = known(call.caller(), key);
        if (known != null) {
            call.identified(known);
        }
        if (call.caller().admin()) {
            return;
        }
        if (adminToken != null) {
            if (key == null) {
                throw ApiError.badKey("This needs the admin token, as 'Authorization: Bearer <token>'.");
            }
            throw known == null
                    ? ApiError.badKey("This is not the admin token.")
                    : ApiError.forbidden("admin_only", "A client key does not open this; it needs the admin token.");
        }
        if (!call.caller().loopback()) {
            throw ApiError.forbidden(
                    "admin_only",
                    "Without an admin token this opens on the broker's own machine only. Set ADMIN_TOKEN.");
        }
        if (BrowserCheck.fromElsewhere(DoorRequest.of(exchange).http())) {
            throw ApiError.forbidden(
                    "admin_only", "Without an admin token this opens to no page of another site. Set ADMIN_TOKEN.");
        }
    }

    /** For doors that are open but tell more to those who are known. */
    public void greet(Exchange exchange) {
        Call call = Call.of(exchange);
        Caller known = known(call.caller(), presented(DoorRequest.of(exchange).http()));
        if (known != null) {
            call.identified(known);
        } else if (keys.isEmpty()
                && adminToken == null
                && call.caller().loopback()
                && !BrowserCheck.fromElsewhere(DoorRequest.of(exchange).http())) {
            call.identified(new Caller("anonymous", call.caller().address(), true, true));
        }
    }

    private static @Nullable String presented(HttpServerRequest request) {
        String authorization = request.getHeader("authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).trim();
        }
        if (authorization != null && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return password(authorization.substring(BASIC.length()).trim());
        }
        return request.getHeader("x-api-key");
    }

    /** Hawtio and browsers know no other way: the key as the password, under any name. */
    private static @Nullable String password(String credentials) {
        try {
            String pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private @Nullable Caller known(Caller caller, @Nullable String key) {
        if (key == null || keys.isEmpty() && adminToken == null) {
            return null;
        }
        byte[] shown = sha256(key);
        if (adminToken != null && MessageDigest.isEqual(shown, adminToken)) {
            return new Caller("admin", caller.address(), true, caller.loopback());
        }
        Caller found = null;
        for (Settings.ClientKey candidate : keys) {
            if (MessageDigest.isEqual(shown, candidate.sha256())) {
                found = new Caller(candidate.label(), caller.address(), false, caller.loopback());
            }
        }
        return found;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
