package io.serai.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code OLLAMA_HOST}, by which Ollama itself is told where to listen: {@code host}, {@code host:port}, {@code :port} or a URL.
 * Read as Ollama's own clients read it ({@code envconfig/config.go}): what is missing is {@code http}, 127.0.0.1 and 11434, or
 * the port of the URL's scheme; an address that means every interface is this machine's.
 */
final class HostVariable {
    private static final Pattern FORM = Pattern.compile(
            "(?:(?<scheme>https?)://)?(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/\\s]*)(?::(?<port>\\d{1,5}))?(?<path>/\\S*)?");
    private static final String OLLAMAS_PORT = "11434";

    private HostVariable() {}

    /** Null when it says nothing, or nothing that can be understood, which Ollama itself only warns of. */
    static @Nullable String endpoint(String value) {
        Matcher form = FORM.matcher(value.strip());
        if (value.isBlank() || !form.matches()) {
            return null;
        }
        String scheme = form.group("scheme");
        String port = form.group("port");
        if (port == null) {
            port = scheme == null ? OLLAMAS_PORT : scheme.equals("https") ? "443" : "80";
        }
        String path = form.group("path") == null ? "" : form.group("path");
        return (scheme == null ? "http" : scheme) + "://" + reachable(form.group("host")) + ":" + port + path;
    }

    private static String reachable(String host) {
        return switch (host) {
            case "", "0.0.0.0" -> "127.0.0.1";
            case "[::]" -> "[::1]";
            default -> host;
        };
    }
}
