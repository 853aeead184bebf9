package io.serai.classify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Prompts;
import io.serai.config.Sensitive;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the model is asked that stands in for the detectors, and how its answer is read. */
final class Question {
    private static final String FILE = "classify.md";
    /** A model that thinks first needs more than the one line. */
    private static final int ANSWER_TOKENS = 512;

    private static final Pattern LINE = Pattern.compile("(?i)sensitive[\"*`]*\\s*[:=][\"*`]*\\s*([^\\n]*)");
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private static final Map<Sensitive, String> MEANINGS = Map.of(
            Sensitive.NSFW,
            "it asks for sexual content, or holds such",
            Sensitive.PRIVACY,
            "it holds what identifies or exposes a person who is not public: contacts, addresses, account or identity numbers,"
                    + " passwords or keys, or somebody's own health or legal matters");

    private final ObjectMapper json;
    private final Prompts prompts;

    Question(ObjectMapper json, Prompts prompts) {
        this.json = json;
        this.prompts = prompts;
    }

    /** A chat request. */
    ObjectNode of(String model, Set<Sensitive> kinds, String text) {
        String meanings = new TreeSet<>(kinds)
                .stream()
                        .map(kind -> "- " + kind.spelling() + ": " + MEANINGS.get(kind))
                        .collect(Collectors.joining("\n"));
        ObjectNode body = json.createObjectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", prompts.fill(FILE, Map.of("kinds", meanings)));
        messages.addObject().put("role", "user").put("content", "<prompt>\n" + escaped(text) + "\n</prompt>");
        return body.put("temperature", 0).put("max_tokens", ANSWER_TOKENS);
    }

    /** Without a way to close a tag, or to open one. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The kinds that the last line of the answer names; null when it says nothing that can be understood. */
    static @Nullable Set<Sensitive> answer(@Nullable ObjectNode reply) {
        String said = reply == null
                ? ""
                : reply.path("choices").path(0).path("message").path("content").asText("");
        String last = null;
        Matcher line = LINE.matcher(said);
        while (line.find()) {
            last = line.group(1).toLowerCase(java.util.Locale.ROOT);
        }
        if (last == null) {
            return null;
        }
        Set<Sensitive> named = EnumSet.noneOf(Sensitive.class);
        boolean none = false;
        Matcher word = WORD.matcher(last);
        while (word.find()) {
            none |= word.group().equals("none");
            for (Sensitive kind : Sensitive.values()) {
                if (word.group().equals(kind.spelling())) {
                    named.add(kind);
                }
            }
        }
        return named.isEmpty() && !none ? null : named;
    }
}
