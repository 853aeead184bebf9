package io.serai.provider;

import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.config.Secret;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers that every request to an instance carries: its key and the provider's configured extras. */
public final class UpstreamHeaders {
    static final String USER_AGENT = "serai";

    private UpstreamHeaders() {}

    /** Holds secrets: for the wire only. */
    public static Map<String, String> of(Instance instance) {
        Map<String, String> headers = new LinkedHashMap<>();
        Provider provider = instance.provider();
        provider.headers().forEach((name, value) -> headers.put(name, value.reveal()));
        Secret key = instance.key();
        if (key != null) {
            String scheme = provider.wire().authScheme();
            headers.put(provider.wire().authHeader(), scheme.isEmpty() ? key.reveal() : scheme + " " + key.reveal());
        }
        return headers;
    }
}
