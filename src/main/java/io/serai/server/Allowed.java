package io.serai.server;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an address takes, for the {@code Allow} header that a 405 must have (RFC 9110, section 15.5.6). */
final class Allowed {
    private Allowed() {}

    /** Methods with commas between, in the order of the alphabet; empty when no route is there for the path. */
    static String methods(List<Route> routes, String path) {
        Set<String> names = new TreeSet<>();
        for (Route route : routes) {
            Set<HttpMethod> methods = route.methods();
            if (methods != null && matches(route.getPath(), route.isExactPath(), path)) {
                methods.forEach(method -> names.add(method.name()));
            }
        }
        return String.join(", ", names);
    }

    /** @param pattern a route's path, with {@code :name} for any one segment and perhaps {@code *} at its end */
    static boolean matches(@Nullable String pattern, boolean exact, String path) {
        if (pattern == null) {
            return false;
        }
        boolean prefix = !exact || pattern.endsWith("*");
        String fixed = pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
        if (prefix) {
            return path.startsWith(fixed);
        }
        String[] wanted = fixed.split("/");
        String[] given = path.split("/");
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].equals(given[i]) && !(wanted[i].startsWith(":") && !given[i].isEmpty())) {
                return false;
            }
        }
        return true;
    }
}
