package io.serai.ledger;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Said;
import io.serai.json.LongText;
import io.serai.provider.Redaction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a prompt and its answer, JSON both. What looks like a key is masked; pictures, sounds and files are left out.
 *
 * @param prompt {@code {"messages": [..]}}, or {@code prompt} or {@code input} instead; null when nothing was asked in words
 * @param answer {@code [{"role": "assistant", "content": ..}]}, a message for each choice, or {@code {"text": ..}}; null when
 *     nothing was answered in words
 * @param cut whether one of them was too long: it ends in the middle then, and is no JSON
 */
record Texts(@Nullable String prompt, @Nullable String answer, boolean cut) {
    private static final List<String> ASKED = List.of("messages", "prompt", "input", "instructions");
    private static final Set<String> BINARY = Set.of("data", "file_data", "b64_json", "encrypted_content");
    /** Shorter values of such names are words. Characters. */
    private static final int BINARY_LENGTH = 256;
    /** A text of so many times what is kept is not even decoded. */
    private static final int TOO_LONG = 8;

    static Texts of(Said said, int longest) {
        Writing prompt = new Writing(longest);
        prompt.fields(said.asked(), ASKED);
        Writing answer = new Writing(longest);
        JsonNode answered = said.answered();
        if (answered != null && answered.isArray()) {
            answer.value("", answered);
        } else if (answered != null && answered.has("choices")) {
            answer.messages(answered.path("choices"));
        } else if (answered != null) {
            answer.fields(answered, List.of("text"));
        }
        return new Texts(prompt.text(), answer.text(), prompt.cut || answer.cut);
    }

    /** Characters of both. */
    int size() {
        return (prompt == null ? 0 : prompt.length()) + (answer == null ? 0 : answer.length());
    }

    /** Stops when there is enough: nobody needs the JSON of a text of 20 MB. */
    private static final class Writing {
        private final int longest;
        private final StringBuilder out = new StringBuilder();
        private boolean cut;

        Writing(int longest) {
            this.longest = longest;
        }

        @Nullable
        String text() {
            if (out.length() > longest) {
                cut = true;
            }
            return out.isEmpty() ? null : Columns.cut(out.toString(), longest);
        }

        void fields(JsonNode from, List<String> names) {
            for (String name : names) {
                if (from.has(name)) {
                    out.append(out.isEmpty() ? "{" : ",");
                    field(name, from.path(name));
                }
            }
            if (!out.isEmpty()) {
                out.append('}');
            }
        }

        void messages(JsonNode choices) {
            out.append('[');
            for (JsonNode choice : choices) {
                separate('[');
                value("", choice.path("message"));
            }
            out.append(']');
        }

        private void field(String name, JsonNode value) {
            quoted(name);
            out.append(':');
            value(name, value);
        }

        void value(String name, JsonNode node) {
            if (out.length() > longest) {
                return;
            }
            if (node.isObject()) {
                out.append('{');
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    separate('{');
                    field(field.getKey(), field.getValue());
                }
                out.append('}');
            } else if (node.isArray()) {
                out.append('[');
                for (JsonNode each : node) {
                    separate('[');
                    value(name, each);
                }
                out.append(']');
            } else if (node.isTextual()) {
                string(name, node);
            } else {
                out.append(node.isMissingNode() ? "null" : node.toString());
            }
        }

        private void separate(char after) {
            if (out.charAt(out.length() - 1) != after) {
                out.append(',');
            }
        }

        private void string(String name, JsonNode node) {
            if (node instanceof LongText huge && huge.size() / TOO_LONG > longest) {
                leftOut(huge.size());
                cut = true;
                return;
            }
            String text = node.textValue();
            boolean binary = BINARY.contains(name) || text.startsWith("data:");
            if (binary && text.length() > BINARY_LENGTH) {
                leftOut(text.length());
            } else {
                int room = longest - out.length() + 1;
                cut |= text.length() > room; // masking may shorten it
                quoted(Redaction.secrets(Columns.cut(text, room)));
            }
        }

        private void leftOut(int characters) {
            out.append("\"[").append(characters).append(" characters left out]\"");
        }

        private void quoted(String text) {
            out.append('"');
            JsonStringEncoder.getInstance().quoteAsString(text, out);
            out.append('"');
        }
    }
}
