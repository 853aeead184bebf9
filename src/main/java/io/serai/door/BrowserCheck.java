package io.serai.door;

import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a browser asks for a page that the broker did not serve. Where being on this machine is all that opens a door, any
 * web page in a browser on it would be let in: by its address, by an image's, or under a name that it points at 127.0.0.1.
 */
final class BrowserCheck {
    private static final Pattern HERE = Pattern.compile("(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[.*]");

    private BrowserCheck() {}

    static boolean fromElsewhere(HttpServerRequest request) {
        String host = host("http://" + request.getHeader("host"));
        if (host == null || !HERE.matcher(host).matches()) {
            return true; // a name that someone else may have pointed here
        }
        String origin = request.getHeader("origin");
        if (origin != null && !sameAuthority(origin, String.valueOf(request.getHeader("host")))) {
            return true;
        }
        String site = request.getHeader("sec-fetch-site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    /**
     * The same for programs too, which name no origin. What a page reads under a name pointed here is for {@link
     * #underForeignName}.
     */
    static boolean fromPageElsewhere(HttpServerRequest request) {
        return request.getHeader("origin") != null || request.getHeader("sec-fetch-site") != null
                ? fromElsewhere(request)
                : false;
    }

    /**
     * Whether the machine is called by a name that is a stranger's to give. A page under such a name reads as its own site's,
     * and over plain HTTP a browser sends no word of that with a GET. A name without a dot is nobody's on the Internet.
     */
    static boolean underForeignName(HttpServerRequest request) {
        String host = host("http://" + request.getHeader("host"));
        return host != null
                && host.indexOf('.') >= 0
                && !HERE.matcher(host).matches()
                && !ADDRESS.matcher(host).matches();
    }

    private static boolean sameAuthority(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static @Nullable String host(String url) {
        try {
            String host = URI.create(url).getHost();
            return host == null ? null : host.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
