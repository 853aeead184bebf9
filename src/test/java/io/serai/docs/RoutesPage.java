package io.serai.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Renders {@code docs/reference/routes.md} from the route files: id, description, and a template's parameters. */
final class RoutesPage {
    private RoutesPage() {}

    static String render(Path routes) throws IOException {
        StringBuilder page = new StringBuilder(ReferenceTest.HEAD.formatted("routes/"));
        page.append("""
                # Routes

                Every route, route template and route configuration that ships, by file. A route of the same id in `routes/custom/` takes the
                place of the one here; `before-dispatch` and `after-reply` are there for that. The ids are what logs, JMX and Hawtio show.

                A template is made into one route for each provider and key: `provider-openai` with the instance `groq-0` becomes the route
                `provider-groq-0`.
                """);
        try (Stream<Path> files = Files.walk(routes)) {
            files.filter(f -> f.toString().endsWith(".camel.yaml"))
                    .filter(f -> !routes.relativize(f).startsWith("custom"))
                    .sorted()
                    .forEach(f -> page.append(file(routes, f)));
        }
        return page.toString();
    }

    private static String file(Path routes, Path file) {
        String name = routes.relativize(file).toString().replace('\\', '/');
        StringBuilder part = new StringBuilder("\n## [" + name + "](../../routes/" + name + ")\n\n");
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        part.append(String.join(
                        " ",
                        text.lines()
                                .takeWhile(l -> l.startsWith("#"))
                                .map(l -> l.substring(1).strip())
                                .toList()))
                .append("\n\n| id | kind | description |\n| --- | --- | --- |\n");
        StringBuilder parameters = new StringBuilder();
        Object tree = new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(text);
        for (Object item : (List<?>) tree) {
            ((Map<?, ?>) item).forEach((kind, body) -> {
                Map<?, ?> element = (Map<?, ?>) body;
                part.append("| `" + element.get("id") + "` | " + words(String.valueOf(kind)) + " | "
                        + element.get("description") + " |\n");
                if (element.get("parameters") instanceof List<?> list) {
                    list.forEach(p -> parameters.append(parameter((Map<?, ?>) p)));
                }
            });
        }
        if (!parameters.isEmpty()) {
            part.append("\n| parameter | default | description |\n| --- | --- | --- |\n")
                    .append(parameters);
        }
        return part.toString();
    }

    private static String parameter(Map<?, ?> parameter) {
        Object otherwise = parameter.get("defaultValue");
        return "| `" + parameter.get("name") + "` | " + (otherwise == null ? "" : "`" + otherwise + "`") + " | "
                + parameter.get("description") + " |\n";
    }

    private static String words(String camelCase) {
        return camelCase.replaceAll("([A-Z])", " $1").toLowerCase(java.util.Locale.ROOT);
    }
}
