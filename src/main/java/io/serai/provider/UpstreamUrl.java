package io.serai.provider;

import io.serai.config.Provider;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Where a provider's chat completions are asked for. */
public final class UpstreamUrl {
    private static final String MODEL = "{model}";

    private UpstreamUrl() {}

    /** The address of every request, or a template with {@code {model}} where the address names the model. */
    public static String of(Provider provider) {
        String query = provider.wire().query().entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .collect(Collectors.joining("&"));
        return provider.endpoint() + provider.wire().chatPath() + (query.isEmpty() ? "" : "?" + query);
    }

    public static boolean namesModel(Provider provider) {
        return provider.wire().chatPath().contains(MODEL);
    }

    public static String of(Provider provider, String model) {
        String url = of(provider);
        return namesModel(provider) ? url.replace(MODEL, encode(model)) : url;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
