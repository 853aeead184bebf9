package io.serai.provider;

import io.serai.call.Attempt;
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

    /** The address of an attempt, without the provider's configured query. */
    static String of(Attempt attempt) {
        String url = attempt.url();
        if (url != null) {
            return url;
        }
        String chats = of(attempt.target().provider());
        return chats.contains(MODEL)
                ? chats.replace(MODEL, encode(attempt.target().model()))
                : chats;
    }

    /** The address, or the path, with the provider's configured query behind it. */
    static String withQuery(String url, Provider provider) {
        if (provider.wire().query().isEmpty()) {
            return url;
        }
        StringBuilder whole = new StringBuilder(url);
        provider.wire()
                .query()
                .forEach((name, value) -> whole.append(whole.indexOf("?") < 0 ? '?' : '&')
                        .append(encode(name))
                        .append('=')
                        .append(encode(value)));
        return whole.toString();
    }

    /** As it may stand in a path's segment or in a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
