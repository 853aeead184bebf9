package io.serai.provider.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demo model {@code local/echo}: deterministic, so that a first request, a demo and a test can rely on every word.
 *
 * <p>It repeats the last user message. Words in that message make it show more: <i>use the tool</i> (or <i>call the tool</i>)
 * calls the first tool offered; <i>fail with 429</i> (any status from 400 to 599) fails like a provider; <i>be slow</i>
 * waits 300 ms before each word; <i>break off</i> ends a stream in the middle. With {@code response_format} of type
 * {@code json_object} or {@code json_schema} it answers with JSON. A token is a word.
 */
final class EchoModel {
    private static final Pattern TOOL = Pattern.compile("\\b(?:use|call)\\b.*\\btool", Pattern.CASE_INSENSITIVE);
    private static final Pattern FAIL = Pattern.compile("\\bfail with ([45]\\d\\d)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern SLOW = Pattern.compile("\\bbe slow\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern BREAK = Pattern.compile("\\bbreak off\\b", Pattern.CASE_INSENSITIVE);
    private static final long SLOW_MS = 300;
    private static final long PACE_MS = 15;

    private final ObjectMapper json;

    EchoModel(ObjectMapper json) {
        this.json = json;
    }

    /**
     * What the model does with a request.
     *
     * @param status 200, or that of {@code error}
     * @param error body of a failure; null without one
     * @param words of the answer, each with the space before it; empty when a tool is called
     * @param toolCall the one call, or null
     * @param breaksOff whether a stream stops after the first word
     * @param paceMs between events
     */
    record Script(
            int status,
            ObjectNode error,
            List<String> words,
            ObjectNode toolCall,
            boolean breaksOff,
            long paceMs,
            String finishReason,
            ObjectNode usage) {}

    Script answer(JsonNode request) {
        String prompt = lastUserText(request.path("messages"));
        int promptTokens = promptTokens(request.path("messages"));
        long pace = SLOW.matcher(prompt).find() ? SLOW_MS : PACE_MS;
        Matcher fail = FAIL.matcher(prompt);
        if (fail.find()) {
            int status = Integer.parseInt(fail.group(1));
            return new Script(status, error(status), List.of(), json.createObjectNode(), false, pace, "", usage(0, 0));
        }
        JsonNode tool = request.path("tools").path(0).path("function");
        if (tool.has("name") && TOOL.matcher(prompt).find()) {
            ObjectNode call = toolCall(tool);
            return new Script(
                    200, json.createObjectNode(), List.of(), call, false, pace, "tool_calls", usage(promptTokens, 8));
        }
        List<String> words = words(reply(request, prompt));
        int limit = limit(request);
        boolean cut = limit > 0 && words.size() > limit;
        List<String> said = cut ? words.subList(0, limit) : words;
        return new Script(
                200,
                json.createObjectNode(),
                said,
                json.createObjectNode(),
                BREAK.matcher(prompt).find(),
                pace,
                cut ? "length" : "stop",
                usage(promptTokens, said.size()));
    }

    /** 400, for what no model here can do; another provider may. */
    Script refusal(String message) {
        ObjectNode body = json.createObjectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", "invalid_request_error")
                .put("param", "model")
                .put("code", "operation_not_supported");
        return new Script(400, body, List.of(), json.createObjectNode(), false, PACE_MS, "", usage(0, 0));
    }

    private String reply(JsonNode request, String prompt) {
        String format = request.path("response_format").path("type").asText("");
        if (format.equals("json_object")) {
            return json.createObjectNode().put("echo", prompt).toString();
        }
        if (format.equals("json_schema")) {
            return new SchemaExample(json)
                    .of(request.path("response_format").path("json_schema").path("schema"), prompt)
                    .toString();
        }
        JsonNode last = request.path("messages").path(request.path("messages").size() - 1);
        if (last.path("role").asText().equals("tool")) {
            return "The tool said: " + text(last.path("content"));
        }
        return prompt.isBlank() ? "Hello from Serai." : "You said: " + prompt;
    }

    private ObjectNode toolCall(JsonNode tool) {
        ObjectNode call = json.createObjectNode();
        call.put("id", "call_echo_1").put("type", "function");
        call.putObject("function")
                .put("name", tool.path("name").asText())
                .put(
                        "arguments",
                        new SchemaExample(json)
                                .of(tool.path("parameters"), "echo")
                                .toString());
        return call;
    }

    private ObjectNode error(int status) {
        ObjectNode body = json.createObjectNode();
        body.putObject("error")
                .put("message", "The demo model was asked to fail with " + status)
                .put("type", status == 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "api_error")
                .putNull("param")
                .putNull("code");
        return body;
    }

    private ObjectNode usage(int prompt, int completion) {
        ObjectNode usage = json.createObjectNode();
        usage.put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
        usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
        usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
        return usage;
    }

    private static int limit(JsonNode request) {
        JsonNode newer = request.path("max_completion_tokens");
        return newer.isNumber() ? newer.asInt() : request.path("max_tokens").asInt(0);
    }

    private static int promptTokens(JsonNode messages) {
        int tokens = 0;
        for (JsonNode message : messages) {
            tokens += words(text(message.path("content"))).size();
        }
        return tokens;
    }

    private static String lastUserText(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.path(i).path("role").asText().toLowerCase(Locale.ROOT).equals("user")) {
                return text(messages.path(i).path("content"));
            }
        }
        return "";
    }

    /** The text of a message; what is not text is named in brackets. */
    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        List<String> parts = new ArrayList<>();
        if (content instanceof ArrayNode array) {
            for (JsonNode part : array) {
                parts.add(
                        part.has("text")
                                ? part.path("text").asText()
                                : "[" + part.path("type").asText("part") + "]");
            }
        }
        return String.join(" ", parts);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("\\s*\\S+").matcher(text);
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }
}
