package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.ChatPart;
import io.serai.provider.Parameters;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The messages of a chat: a text each, with its pictures beside it as bare base64. A tool's result names the tool, which
 * OpenAI's only do by the call's id.
 */
final class OllamaMessages {
    /** What is read, or says nothing that another field does not say. */
    private static final Set<String> READ = Set.of(
            "role",
            "content",
            "refusal",
            "tool_calls",
            "tool_call_id",
            "reasoning_content",
            "reasoning",
            "thinking_blocks");

    private final ObjectMapper json;
    private final Parameters params;

    OllamaMessages(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
    }

    ArrayNode of(Attempt attempt, JsonNode messages) throws UpstreamException {
        ArrayNode said = json.createArrayNode();
        for (int i = 0; i < messages.size(); i++) {
            said.add(message(attempt, messages, i));
        }
        return said;
    }

    private ObjectNode message(Attempt attempt, JsonNode messages, int index) throws UpstreamException {
        JsonNode message = messages.get(index);
        String where = "messages[" + index + "]";
        String role = role(message.path("role").asText(), where);
        ObjectNode said = json.createObjectNode().put("role", role);
        content(attempt, message, where, said);
        if (role.equals("assistant")) {
            for (String field : new String[] {"reasoning_content", "reasoning"}) {
                if (message.path(field).isTextual() && !said.has("thinking")) {
                    said.set("thinking", message.get(field));
                }
            }
            toolCalls(attempt, message.path("tool_calls"), where, said);
        } else if (role.equals("tool")) {
            String id = message.path("tool_call_id").asText();
            String name = toolName(messages, index, id);
            name = name.isEmpty() ? message.path("name").asText() : name;
            if (!name.isEmpty()) {
                said.put("tool_name", name);
            }
            if (!id.isEmpty()) {
                said.put("tool_call_id", id);
            }
        }
        nameTheRest(attempt, message, role);
        return said;
    }

    private static String role(String role, String where) throws UpstreamException {
        return switch (role) {
            case "system", "developer" -> "system";
            case "user", "assistant", "tool" -> role;
            case "function" -> "tool"; // before there were tools
            default ->
                throw Parameters.invalid(
                        where + ".role",
                        "'" + where + ".role' must be one of system, developer, user, assistant and tool.");
        };
    }

    /** Text parts are put together with a line break between them. */
    private void content(Attempt attempt, JsonNode message, String where, ObjectNode said) throws UpstreamException {
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            said.set("content", content); // as it is: a long one is never decoded
            return;
        }
        StringBuilder text = new StringBuilder(message.path("refusal").asText(""));
        boolean first = text.isEmpty();
        ArrayNode images = json.createArrayNode();
        List<ChatPart> parts = ChatPart.of(content);
        for (int i = 0; i < parts.size(); i++) {
            ChatPart part = parts.get(i);
            String at = where + ".content[" + i + "]";
            if (part.node().has("cache_control")) {
                params.adapted(attempt, "cache_control");
            }
            String words = switch (part) {
                case ChatPart.Text t -> t.text();
                case ChatPart.Refusal r -> r.text();
                case ChatPart.Image image -> {
                    images.add(picture(attempt, image, at));
                    yield null;
                }
                case ChatPart.Document d ->
                    throw Parameters.refused(attempt, at + ".file", "Send the document's text.");
                case ChatPart.Audio a -> throw Parameters.refused(attempt, at + ".input_audio", "Send a transcript.");
                case ChatPart.Other o -> throw Parameters.refused(attempt, at, "It takes text and pictures as data.");
            };
            if (words != null) {
                text.append(first ? "" : "\n").append(words);
                first = false;
            }
        }
        said.put("content", text.toString());
        if (!images.isEmpty()) {
            said.set("images", images);
        }
    }

    private String picture(Attempt attempt, ChatPart.Image image, String at) throws UpstreamException {
        if (image.detail() != null && !image.detail().equals("auto")) {
            params.adapted(attempt, "messages[].content[].image_url.detail");
        }
        return switch (image.source()) {
            case ChatPart.Source.Url u ->
                throw Parameters.refused(
                        attempt,
                        at + ".image_url.url",
                        "It loads nothing from the web: send the picture as a data URL.");
            case ChatPart.Source.Data d
            when !d.mediaType().startsWith("image/") ->
                throw Parameters.refused(attempt, at + ".image_url.url", "It takes pictures only.");
            case ChatPart.Source.Data d -> d.base64();
        };
    }

    private void toolCalls(Attempt attempt, JsonNode calls, String where, ObjectNode said) throws UpstreamException {
        if (!calls.isArray() || calls.isEmpty()) {
            return;
        }
        ArrayNode list = said.putArray("tool_calls");
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = calls.get(i);
            String at = where + ".tool_calls[" + i + "]";
            if (!call.path("function").isObject()) {
                throw Parameters.refused(attempt, at, "It calls functions only.");
            }
            ObjectNode one = list.addObject();
            if (call.path("id").isTextual()) {
                one.set("id", call.get("id"));
            }
            one.put("type", "function");
            one.putObject("function")
                    .put("index", i)
                    .put("name", call.path("function").path("name").asText())
                    .set("arguments", arguments(call.path("function").path("arguments"), at));
        }
    }

    private ObjectNode arguments(JsonNode arguments, String at) throws UpstreamException {
        if (arguments instanceof ObjectNode object) {
            return object;
        }
        if (arguments.asText("").isBlank()) {
            return json.createObjectNode();
        }
        try {
            if (json.readTree(arguments.asText()) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            // said below
        }
        throw Parameters.invalid(
                at + ".function.arguments", "'" + at + ".function.arguments' is not a JSON object in a string.");
    }

    /** The nearest call of that id before the result: some clients count from 0 in each turn. */
    private static String toolName(JsonNode messages, int before, String id) {
        for (int i = before - 1; i >= 0 && !id.isEmpty(); i--) {
            for (JsonNode call : messages.get(i).path("tool_calls")) {
                if (call.path("id").asText().equals(id)) {
                    return call.path("function").path("name").asText();
                }
            }
        }
        return "";
    }

    private void nameTheRest(Attempt attempt, JsonNode message, String role) throws UpstreamException {
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            boolean nothing = value.isNull() || value.isContainerNode() && value.isEmpty();
            if (!nothing && !READ.contains(name) && !(name.equals("name") && role.equals("tool"))) {
                params.adapted(attempt, name.equals("cache_control") ? name : "messages[]." + name);
            }
        }
    }
}
