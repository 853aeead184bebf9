package io.serai.autoselect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Autoselect;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds in a model's answer which of the choices it names, however it says so; none where that is not clear. */
final class SelectionAnswer {
    private static final Pattern TAG =
            Pattern.compile("<aisbf_model_autoselection>(.*?)(?:</|$)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern EDGES = Pattern.compile("^[\\s\"'`*.,:]+|[\\s\"'`*.,:]+$");

    private SelectionAnswer() {}

    /** @param reply a chat's reply; null when there is none */
    static Autoselect.@Nullable Choice in(@Nullable ObjectNode reply, List<Autoselect.Choice> choices) {
        JsonNode content = reply == null
                ? null
                : reply.path("choices").path(0).path("message").path("content");
        if (content == null || !content.isTextual()) {
            return null;
        }
        String text = content.asText();
        Matcher tag = TAG.matcher(text);
        if (tag.find()) {
            return named(tag.group(1), choices);
        }
        Autoselect.Choice whole = named(text, choices);
        return whole == null ? onlyOneIn(text, choices) : whole;
    }

    private static Autoselect.@Nullable Choice named(String text, List<Autoselect.Choice> choices) {
        String name = EDGES.matcher(text.replace("&amp;", "&")).replaceAll("");
        for (Autoselect.Choice choice : choices) {
            if (name.equalsIgnoreCase(choice.model().written())
                    || name.equalsIgnoreCase(choice.model().path())) {
                return choice;
            }
        }
        return null;
    }

    /** A sentence that names one and no other; a name inside a longer one is not named. */
    private static Autoselect.@Nullable Choice onlyOneIn(String text, List<Autoselect.Choice> choices) {
        Autoselect.Choice found = null;
        for (Autoselect.Choice choice : choices) {
            String name = Pattern.quote(choice.model().written());
            boolean there = Pattern.compile("(?<![\\w./-])" + name + "(?![\\w/-])", Pattern.CASE_INSENSITIVE)
                    .matcher(text)
                    .find();
            if (there && found != null) {
                return null;
            }
            found = there ? choice : found;
        }
        return found;
    }
}
