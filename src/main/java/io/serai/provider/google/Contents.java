package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages as {@code systemInstruction} and {@code contents}: turns of the roles {@code user} and {@code model}, those of
 * one role that follow each other made one. Used for one request.
 */
final class Contents {
    private static final Set<String> READ = Set.of(
            "role",
            "content",
            "refusal",
            "images",
            "tool_calls",
            "tool_call_id",
            "function_call",
            "reasoning_content",
            Signatures.FIELD);

    private final ObjectMapper json;
    private final Parameters params;
    private final Attempt attempt;
    private final GoogleModel model;
    private final MessageParts media;
    private final ArrayNode system;
    private final ArrayNode turns;
    /** A result names its function only through the call's id, and only the conversation knows that. */
    private final Map<String, String> functions = new HashMap<>();

    private @Nullable ArrayNode current;
    private String role = "";

    Contents(ObjectMapper json, Parameters params, Attempt attempt, GoogleModel model, MessageParts media) {
        this.json = json;
        this.params = params;
        this.attempt = attempt;
        this.model = model;
        this.media = media;
        this.system = json.createArrayNode();
        this.turns = json.createArrayNode();
    }

    /**
     * Writes both fields.
     *
     * @throws UpstreamException 400 for what has no place in Gemini's conversation
     */
    void write(JsonNode messages, ObjectNode request) throws UpstreamException {
        for (int i = 0; i < messages.size(); i++) {
            add(messages.get(i), i);
        }
        if (turns.isEmpty() && !system.isEmpty()) {
            params.adapted(attempt, "messages[].role"); // a request needs a turn: the instructions are said by the user
            parts("user").addAll(system);
            system.removeAll();
        }
        if (!system.isEmpty()) {
            request.putObject("systemInstruction").set("parts", system);
        }
        request.set("contents", turns);
    }

    private void add(JsonNode message, int index) throws UpstreamException {
        String from = message.path("role").asText();
        unread(message, from);
        switch (from) {
            case "system", "developer" -> media.add(message.path("content"), false, system);
            case "user" -> user(message);
            case "assistant" -> assistant(message, index);
            case "tool" -> result(message, index, message.path("tool_call_id").asText());
            case "function" -> result(message, index, null);
            default ->
                throw Parameters.invalid(
                        "messages[" + index + "].role",
                        "'" + from + "' is no role. Use system, developer, user, assistant or tool.");
        }
    }

    /** Fields of a message that Gemini has no place for. */
    private void unread(JsonNode message, String from) throws UpstreamException {
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            JsonNode value = field.getValue();
            boolean said = !value.isNull() && !(value.isContainerNode() && value.isEmpty());
            boolean named = field.getKey().equals("name") && (from.equals("function") || from.equals("tool"));
            if (said && !named && !READ.contains(field.getKey())) {
                params.adapted(attempt, "messages[]." + field.getKey());
            }
        }
    }

    private void user(JsonNode message) throws UpstreamException {
        ArrayNode said = json.createArrayNode();
        media.add(message.path("content"), false, said);
        if (said.isEmpty()) {
            said.addObject().put("text", " "); // who says nothing still has the turn, and Gemini wants a text in it
        }
        parts("user").addAll(said);
    }

    private void assistant(JsonNode message, int index) throws UpstreamException {
        ArrayNode said = json.createArrayNode();
        thoughts(message.path("reasoning_content"), message, said);
        media.add(message.path("content"), true, said);
        if (message.path("refusal").isTextual() && said.isEmpty()) {
            said.addObject().put("text", message.path("refusal").asText());
        }
        for (JsonNode image : message.path("images")) { // as they stood in the answer
            media.add(json.createArrayNode().add(image), true, said);
        }
        String signature = Signatures.of(message);
        if (signature != null) {
            boolean bare =
                    said.isEmpty() || said.get(said.size() - 1).path("thought").asBoolean();
            ObjectNode signed = bare ? said.addObject().put("text", "") : (ObjectNode) said.get(said.size() - 1);
            signed.put("thoughtSignature", signature);
        }
        calls(message, index, said);
        if (!said.isEmpty()) {
            parts("model").addAll(said);
        }
    }

    /** Gemini's own, which a signature beside them tells, go back as they came; another model's are nothing to it. */
    private void thoughts(JsonNode text, JsonNode message, ArrayNode said) throws UpstreamException {
        if (!text.isTextual() || text.asText().isEmpty()) {
            return;
        }
        boolean own = Signatures.of(message) != null;
        for (JsonNode call : message.path("tool_calls")) {
            own |= Signatures.of(call) != null;
        }
        if (own) {
            said.addObject().put("thought", true).set("text", text);
        } else {
            params.adapted(attempt, "messages[].reasoning_content");
        }
    }

    private void calls(JsonNode message, int index, ArrayNode said) throws UpstreamException {
        ObjectNode first = null;
        boolean signed = false;
        for (JsonNode call : message.path("tool_calls")) {
            JsonNode function = call.path("function");
            String at = "messages[" + index + "].tool_calls[].function";
            if (!function.path("name").isTextual()) {
                throw Parameters.invalid(at + ".name", "A tool call must name its function.");
            }
            ObjectNode part = said.addObject();
            ObjectNode made = part.putObject("functionCall");
            String id = call.path("id").asText("");
            if (!id.isEmpty()) {
                made.put("id", id);
                functions.put(id, function.path("name").asText());
            }
            made.put("name", function.path("name").asText()).set("args", arguments(function, at));
            String signature = Signatures.of(call);
            if (signature != null) {
                part.put("thoughtSignature", signature);
                signed = true;
            }
            first = first == null ? part : first;
        }
        JsonNode old = message.path("function_call");
        if (first == null && old.isObject()) {
            first = said.addObject();
            first.putObject("functionCall")
                    .put("name", old.path("name").asText())
                    .set("args", arguments(old, "messages[" + index + "].function_call"));
        }
        if (first != null && !signed && model.wantsSignatures()) {
            first.put("thoughtSignature", Signatures.NONE_TO_SHOW);
        }
    }

    private JsonNode arguments(JsonNode function, String at) throws UpstreamException {
        String text = function.path("arguments").asText("");
        JsonNode parsed = text.isBlank() ? json.createObjectNode() : parsed(text);
        if (parsed == null || !parsed.isObject()) {
            throw Parameters.invalid(at + ".arguments", "The arguments of a tool call must be a JSON object.");
        }
        return parsed;
    }

    private @Nullable JsonNode parsed(String text) {
        try {
            return json.readTree(text);
        } catch (IOException e) {
            return null;
        }
    }

    /** @param callId null for a message of the role {@code function}, which says the name itself */
    private void result(JsonNode message, int index, @Nullable String callId) throws UpstreamException {
        String name = callId == null ? message.path("name").asText("") : functions.getOrDefault(callId, "");
        if (name.isEmpty()) {
            throw Parameters.invalid(
                    "messages[" + index + "]." + (callId == null ? "name" : "tool_call_id"),
                    "No tool call before this message is the one that it answers.");
        }
        ObjectNode response = json.createObjectNode();
        if (callId != null) {
            response.put("id", callId);
        }
        response.put("name", name);
        ArrayNode beside = json.createArrayNode();
        response.set("response", response(message.path("content"), beside));
        ArrayNode turn = parts("user");
        turn.addObject().set("functionResponse", response);
        for (JsonNode part : beside) {
            if (model.major() >= 3 && part.has("inlineData")) { // of generation 3 on they belong into the response
                response.withArray("/parts").add(part);
            } else {
                turn.add(part);
            }
        }
    }

    /** Gemini wants an object: what is none stands in one under {@code result}. */
    private JsonNode response(JsonNode content, ArrayNode beside) throws UpstreamException {
        if (content.isTextual() && looksLikeObject(content)) {
            JsonNode parsed = parsed(content.asText());
            if (parsed != null && parsed.isObject()) {
                return parsed;
            }
        }
        if (content.isTextual()) {
            return json.createObjectNode().set("result", content);
        }
        ArrayNode all = json.createArrayNode();
        media.add(content, false, all);
        StringBuilder text = new StringBuilder();
        for (JsonNode part : all) {
            if (part.has("text")) {
                text.append(text.isEmpty() ? "" : "\n").append(part.path("text").asText());
            } else {
                beside.add(part);
            }
        }
        JsonNode parsed = text.isEmpty() || text.charAt(0) != '{' ? null : parsed(text.toString());
        return parsed != null && parsed.isObject()
                ? parsed
                : json.createObjectNode().put("result", text.toString());
    }

    private static boolean looksLikeObject(JsonNode content) {
        return content.asText().stripLeading().startsWith("{");
    }

    /** Those of the turn that the role has now, or of a new one. */
    private ArrayNode parts(String of) {
        ArrayNode parts = current;
        if (parts == null || !role.equals(of)) {
            parts = turns.addObject().put("role", of).putArray("parts");
            current = parts;
            role = of;
        }
        return parts;
    }
}
