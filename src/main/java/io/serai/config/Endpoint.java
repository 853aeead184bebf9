package io.serai.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks the address of a provider. */
final class Endpoint {
    private Endpoint() {}

    /** What is wrong with it, null when nothing is. Never quotes it: a wrong one may hold a password. */
    static @Nullable String fault(String endpoint) {
        URI uri;
        try {
            uri = new URI(endpoint);
        } catch (URISyntaxException e) {
            return "not a URL";
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        String authority = uri.getRawAuthority();
        if (!scheme.equals("http") && !scheme.equals("https") || authority == null || authority.isEmpty()) {
            return "expected an absolute URL that starts with http:// or https://";
        }
        if (authority.contains("@")) {
            return "must hold no user and no password; use api_key or headers";
        }
        if (!authority.matches("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(:\\d{1,5})?")) { // not getHost: names may hold `_`
            return "not a host, or a host and a port";
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return "must hold no `?` and no `#`; put parameters under `query`";
        }
        return null;
    }

    /**
     * OpenAI's kinds stay as they were written but for one slash. Of the others no slash is left, and no version either: their
     * adapters know it.
     */
    static String normal(String endpoint, String type) {
        return switch (type) {
            case "openai", "kilo" -> endpoint.replaceFirst("/$", "");
            case "anthropic" -> endpoint.replaceFirst("/+$", "").replaceFirst("/+v1$", "");
            case "google" -> endpoint.replaceFirst("/+$", "").replaceFirst("/+v1(beta)?$", "");
            case "ollama" -> endpoint.replaceFirst("/+$", "").replaceFirst("/+(api|v1)$", "");
            default -> endpoint.replaceFirst("/+$", "");
        };
    }
}
