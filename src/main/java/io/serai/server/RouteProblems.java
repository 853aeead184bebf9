package io.serai.server;

import io.serai.config.ConfigProblem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/** What Camel says of a route that it can't load, as a problem with a file and, where it names one, a line. */
final class RouteProblems {
    private static final Pattern LINE = Pattern.compile("line[: ]+(\\d+)", Pattern.CASE_INSENSITIVE);

    private RouteProblems() {}

    static ConfigProblem of(String file, Throwable e) {
        String text = text(e);
        Matcher line = LINE.matcher(text);
        return new ConfigProblem(file, line.find() ? Integer.parseInt(line.group(1)) : 0, "", text);
    }

    /** A problem of the route that Camel blames, with the file that it stands in. */
    static ConfigProblem of(CamelContext context, Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            String id = t instanceof FailedToCreateRouteException create
                    ? create.getRouteId()
                    : t instanceof FailedToStartRouteException start ? start.getRouteId() : null;
            RouteDefinition route = id == null ? null : ((ModelCamelContext) context).getRouteDefinition(id);
            if (route != null && route.getResource() != null) {
                String file = route.getResource().getLocation().replaceFirst("^.*(?=routes/)", "");
                return new ConfigProblem(file, Math.max(0, route.getLineNumber()), "", text(e));
            }
        }
        return of("routes", e);
    }

    /** The messages down to the root cause, each once, on one line. */
    private static String text(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = e; t != null && text.length() < 600; t = t.getCause()) {
            String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
            String line = message.replaceAll("\\s+", " ").trim();
            if (text.indexOf(line) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(line);
            }
        }
        return text.length() > 800 ? text.substring(0, 800) + "..." : text.toString();
    }
}
