package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The page that people see at the broker's address. One file, nothing to load, nothing that runs. */
final class RootPage {
    private static final String STYLE = """
            :root { color-scheme: light dark }
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse } th, td { text-align: left; padding: .2rem 1.5rem .2rem 0 }
            """;

    /** With the style's own hash, nothing else on the page is let through by a browser: behaviour of CSP level 2. */
    static final Map<String, String> HEADERS = Map.of(
            "content-security-policy",
            "default-src 'none'; img-src 'self'; style-src 'sha256-" + hash(STYLE)
                    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "x-content-type-options",
            "nosniff",
            "referrer-policy",
            "no-referrer",
            "cache-control",
            "no-store",
            "vary",
            "accept");

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
            <title>Serai</title><style>%s</style></head>
            <body>
            <h1>Serai</h1>
            <p>The broker is running, version %s. Status: %s.</p>
            <h2>Providers</h2>
            <table><tr><th>provider</th><th>state</th></tr>
            %s</table>
            <h2>Rotations</h2>
            <p>%s</p>
            <h2>Autoselects</h2>
            <p>%s</p>
            <h2>Where to go</h2>
            <ul><li><a href="/v1/models">The models</a></li><li><a href="/health">The broker's health</a></li>\
            <li>The documents: <code>docs/README.md</code> in Serai's folder</li></ul>
            </body>
            </html>
            """;

    private RootPage() {}

    /** @param providers as in {@code GET /health} */
    static String of(
            String status, ObjectNode providers, Collection<String> rotations, Collection<String> autoselects) {
        StringBuilder rows = new StringBuilder();
        providers
                .properties()
                .forEach(provider -> rows.append("<tr><td>")
                        .append(escaped(provider.getKey()))
                        .append("</td><td>")
                        .append(escaped(state(provider.getValue().path("instances"))))
                        .append("</td></tr>\n"));
        return PAGE.formatted(
                STYLE, escaped(Version.TEXT), escaped(status), rows, names(rotations), names(autoselects));
    }

    /** One word for a provider with one key or whose keys agree, else each key's. */
    private static String state(JsonNode instances) {
        List<String> each = new ArrayList<>();
        List<String> states = new ArrayList<>();
        instances.forEach(i -> {
            String state = i.path("state").asText();
            each.add(i.path("id").asText() + " " + state);
            if (!states.contains(state)) {
                states.add(state);
            }
        });
        return states.size() == 1 ? states.get(0) : String.join(", ", each);
    }

    private static String names(Collection<String> ids) {
        return ids.isEmpty() ? "None." : escaped(String.join(", ", ids));
    }

    /** Text as it may stand in an element or between double quotes. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String hash(String style) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
