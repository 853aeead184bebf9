package io.serai.autoselect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Autoselect;
import io.serai.config.Prompts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the selection model is asked, in AISBF's form: its own prompt file can be used as it is. */
final class SelectionPrompt {
    private static final String FILE = "autoselect.md";
    /** Around the conversation; newer files of AISBF's call it otherwise. */
    private static final String TAG = "aisbf_user_prompt";

    private static final String NEWER_TAG = "aisbf_current_task";
    /** AISBF's: messages, and characters of them all (8,000 tokens of four). */
    private static final int MOST_TURNS = 10;

    private static final int MOST_CHARACTERS = 32_000;
    /** A model that thinks first needs more than AISBF's 100. */
    private static final int ANSWER_TOKENS = 256;

    private final ObjectMapper json;
    private final Prompts prompts;

    SelectionPrompt(ObjectMapper json, Prompts prompts) {
        this.json = json;
        this.prompts = prompts;
    }

    /** A chat request. */
    ObjectNode of(String model, Reading reading, List<Autoselect.Choice> choices, Autoselect.Name fallback) {
        String told = prompts.fill(FILE, Map.of());
        String tag = told.contains("<" + NEWER_TAG + ">") ? NEWER_TAG : TAG;
        StringBuilder asked = new StringBuilder();
        asked.append("<" + tag + ">\n").append(transcript(reading.turns())).append("\n</" + tag + ">\n");
        asked.append("<aisbf_autoselect_list>\n");
        for (Autoselect.Choice choice : choices) {
            asked.append("<model><model_id>")
                    .append(escaped(choice.model().written()))
                    .append("</model_id><model_description>")
                    .append(escaped(choice.description()))
                    .append("</model_description></model>\n");
        }
        asked.append("</aisbf_autoselect_list>\n<aisbf_autoselect_fallback>")
                .append(escaped(fallback.written()))
                .append("</aisbf_autoselect_fallback>\n");
        ObjectNode body = json.createObjectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", told);
        messages.addObject().put("role", "user").put("content", asked.toString());
        return body.put("temperature", 0).put("max_tokens", ANSWER_TOKENS);
    }

    /** The newest messages that there is room for, in their order; of one that is too long its end. */
    private static String transcript(List<Reading.Turn> turns) {
        List<String> lines = new ArrayList<>();
        int room = MOST_CHARACTERS;
        for (int i = turns.size() - 1; i >= 0 && lines.size() < MOST_TURNS && room > 0; i--) {
            String text = turns.get(i).text();
            String kept = text.length() <= room ? text : text.substring(text.length() - room);
            room -= kept.length();
            lines.add(0, escaped(turns.get(i).role() + ": " + kept));
        }
        return String.join("\n", lines);
    }

    /** Without a way to close a tag, or to open one. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
