package io.serai.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes the address of a Redis apart, as <a href="https://www.iana.org/assignments/uri-schemes/prov/redis">registered</a>. */
final class RedisUrl {
    private static final int PORT = 6379;
    private static final Pattern PATH = Pattern.compile("(?:/(\\d{1,4})?)?");

    private RedisUrl() {}

    /** Null for what is none. */
    static Settings.@Nullable RedisServer read(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return null; // the exception quotes the password
        }
        String scheme = url.getScheme();
        String path = url.getRawPath();
        Matcher database = PATH.matcher(path == null ? "" : path);
        boolean redis = "redis".equals(scheme) || "rediss".equals(scheme);
        if (!redis
                || url.getHost() == null
                || !database.matches()
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            return null;
        }
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        String number = database.group(1);
        String whole = url.getRawUserInfo();
        int colon = whole == null ? -1 : whole.indexOf(':');
        String password = whole == null ? "" : decoded(whole.substring(colon + 1));
        String user = whole == null || colon <= 0 ? null : decoded(whole.substring(0, colon));
        return new Settings.RedisServer(
                host,
                url.getPort() < 0 ? PORT : url.getPort(),
                scheme.equals("rediss"),
                number == null ? 0 : Integer.parseInt(number),
                user,
                password.isEmpty() ? null : new Secret(password));
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
