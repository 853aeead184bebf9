package io.serai.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Renders {@code docs/reference/settings.md} from {@code config/application.properties}: a comment, then its key. */
final class SettingsPage {
    private SettingsPage() {}

    static String render(String properties) {
        StringBuilder page = new StringBuilder(ReferenceTest.HEAD.formatted("config/application.properties"));
        page.append("""
                # Settings

                Every key of `config/application.properties`. A file of that name in your own configuration folder needs only what
                differs. What stands further to the left wins: the command line, the environment, your file, the defaults below.

                In the environment a key is written in capitals with `_` for every other character: `serai.body.max-bytes` is
                `SERAI_BODY_MAX_BYTES`. Three have short names too: `HOST`, `PORT` and `ADMIN_TOKEN`. A value may be `{{env:NAME}}`,
                `{{env:NAME:default}}` or `{{file:PATH}}`, where a path is relative to the configuration's folder. Times are seconds
                (`30`) or carry a unit: `500ms`, `30s`, `2m`, `1h`. Sizes are bytes or carry a unit: `64KiB`, `32MiB`.

                An unknown key that begins with `serai.` is an error. Other keys (`camel.*`) go to Camel as they are.

                | key | default | in the environment | meaning |
                | --- | --- | --- | --- |
                """);
        List<String> comment = new ArrayList<>();
        for (String line : properties.lines().toList()) {
            if (line.startsWith("#")) {
                comment.add(line.substring(1).strip());
            } else if (line.isBlank()) {
                comment.clear();
            } else {
                page.append(row(line, String.join(" ", comment)));
                comment.clear();
            }
        }
        return page.toString();
    }

    private static String row(String line, String meaning) {
        int equals = line.indexOf('=');
        String key = line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        if (meaning.isEmpty()) {
            throw new IllegalStateException(key + " has no comment in application.properties");
        }
        String variable = key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        return "| `" + key + "` | " + (value.isEmpty() ? "(empty)" : "`" + value + "`") + " | `" + variable + "` | "
                + meaning.replace("|", "\\|") + " |\n";
    }
}
