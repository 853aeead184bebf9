package io.serai.server;

import io.serai.config.ConfigProblem;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Camel says of a route that it can't load, as a problem with a file and, where it names one, a line. */
final class RouteProblems {
    private static final Pattern LINE = Pattern.compile("line[: ]+(\\d+)", Pattern.CASE_INSENSITIVE);

    private RouteProblems() {}

    static ConfigProblem of(String file, Throwable e) {
        String text = text(e);
        Matcher line = LINE.matcher(text);
        return new ConfigProblem(file, line.find() ? Integer.parseInt(line.group(1)) : 0, "", text);
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
