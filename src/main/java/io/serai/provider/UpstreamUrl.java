package io.serai.provider;

import io.serai.config.Provider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where a provider's chat completions are asked for. */
public final class UpstreamUrl {
    private static final String MODEL = "{model}";

    private UpstreamUrl() {}

    /**
     * The address of every request, or a template with {@code {model}} where the address names the model. Without the query,
     * where some vendors want the key: this one is shown in JMX.
     */
    public static String of(Provider provider) {
        return provider.endpoint() + provider.wire().chatPath();
    }

    public static boolean namesModel(Provider provider) {
        return provider.wire().chatPath().contains(MODEL);
    }

    /** The address of requests for a model, without the query. */
    public static String of(Provider provider, String model) {
        String url = of(provider);
        return namesModel(provider) ? url.replace(MODEL, encode(model)) : url;
    }

    /** Encoded and with its question mark; empty when there is none. */
    static String query(Provider provider) {
        return provider.wire().query().entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .reduce("", (all, one) -> all + (all.isEmpty() ? "?" : "&") + one);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
