package io.serai.stub;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Anthropic refuses, in its words: https://platform.claude.com/docs/en/api/messages/create for the fields,
 * https://platform.claude.com/docs/en/api/errors for the shape, https://platform.claude.com/docs/en/api/versioning for the
 * header, and the pages on tool use, thinking, structured outputs and prompt caching for what goes with what. For a request that it
 * takes there is no script.
 */
public final class AnthropicRules implements Function<RecordedRequest, Optional<Script>> {
    /** Claude 4.6 and later; "Prefill removal" in the migration guide. */
    private static final Pattern WITHOUT_PREFILL = Pattern.compile("^claude-(?:[a-z]+-)(?:4-[6-9]|5)");

    private static final Set<String> VERSIONS = Set.of("2023-01-01", "2023-06-01", "2026-10-21");
    private static final Set<String> TOP = Set.of(
            "fallback_credit_token",
            "model",
            "max_tokens",
            "messages",
            "system",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "stop_sequences",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "metadata",
            "service_tier",
            "cache_control",
            "container",
            "context_management",
            "inference_geo",
            "mcp_servers");
    private static final Map<String, Set<String>> BLOCKS = Map.of(
            "text", Set.of("type", "text", "cache_control", "citations"),
            "image", Set.of("type", "source", "cache_control"),
            "document", Set.of("type", "source", "cache_control", "citations", "context", "title"),
            "thinking", Set.of("type", "thinking", "signature"),
            "redacted_thinking", Set.of("type", "data"),
            "tool_use", Set.of("type", "id", "name", "input", "cache_control", "caller"),
            "tool_result", Set.of("type", "tool_use_id", "content", "is_error", "cache_control"));
    private static final Set<String> TOOL = Set.of(
            "type",
            "name",
            "description",
            "input_schema",
            "cache_control",
            "strict",
            "defer_loading",
            "input_examples",
            "allowed_callers",
            "eager_input_streaming");
    private static final Set<String> SCHEMA_REFUSED = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "maxItems",
            "uniqueItems",
            "oneOf",
            "patternProperties",
            "not");
    private static final int MAX_MARKS = 4;

    @Override
    public Optional<Script> apply(RecordedRequest request) {
        Refusal refusal = new Check(request).refusal();
        return refusal == null ? Optional.empty() : Optional.of(script(refusal));
    }

    private static Script script(Refusal refusal) {
        return error(refusal.status, refusal.type, refusal.getMessage());
    }

    /** An error in the vendor's shape. */
    public static Script error(int status, String type, String message, String... headers) {
        var body = Scripts.JSON.createObjectNode().put("type", "error");
        body.putObject("error").put("type", type).put("message", message);
        return Scripts.status(status, body.put("request_id", "req_stub").toString(), headers);
    }

    /** One rule that was broken. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;
        final String type;

        Refusal(int status, String type, String message) {
            super(message);
            this.status = status;
            this.type = type;
        }
    }

    private static Refusal bad(String message) {
        return new Refusal(400, "invalid_request_error", message);
    }

    /** One request under inspection. */
    private static final class Check {
        private final RecordedRequest request;
        private final List<JsonNode> marks = new ArrayList<>();
        private JsonNode body = Scripts.JSON.createObjectNode();

        Check(RecordedRequest request) {
            this.request = request;
        }

        @Nullable
        Refusal refusal() {
            try {
                all();
                return null;
            } catch (Refusal refusal) {
                return refusal;
            }
        }

        private void all() {
            String bearer = request.header("authorization");
            if (request.header("x-api-key") == null && (bearer == null || !bearer.startsWith("Bearer "))) {
                throw new Refusal(401, "authentication_error", "x-api-key header is required");
            }
            String version = request.header("anthropic-version");
            if (version == null) {
                throw bad("anthropic-version: header is required");
            }
            if (!VERSIONS.contains(version)) {
                throw bad("anthropic-version: \"" + version + "\" is not a valid version");
            }
            body = request.json();
            known("", body, TOP);
            require(body.path("model").isTextual(), "model: Field required");
            require(body.has("max_tokens"), "max_tokens: Field required");
            require(
                    body.path("max_tokens").isInt() && body.path("max_tokens").asInt() > 0,
                    "max_tokens: Input should be greater than or equal to 1");
            known("metadata", body.path("metadata"), Set.of("user_id"));
            known("output_config", body.path("output_config"), Set.of("effort", "format"));
            sampling(version);
            tools();
            system();
            messages();
            prefill();
            thinking();
            marks();
            for (JsonNode stop : body.path("stop_sequences")) {
                require(!stop.asText().isBlank(), "stop_sequences: each stop sequence must contain non-whitespace");
            }
            JsonNode format = body.path("output_config").path("format");
            if (!format.isMissingNode()) {
                known("output_config.format", format, Set.of("type", "schema"));
                require(
                        format.path("type").asText().equals("json_schema"),
                        "output_config.format.type: Input should be 'json_schema'");
                schema("output_config.format.schema", format.path("schema"));
            }
        }

        private void prefill() {
            JsonNode messages = body.path("messages");
            boolean last =
                    messages.path(messages.size() - 1).path("role").asText().equals("assistant");
            boolean without =
                    WITHOUT_PREFILL.matcher(body.path("model").asText()).find();
            require(
                    !last || !without || body.has("fallback_credit_token"),
                    "This model does not support assistant message prefill. The conversation must end with a user message.");
        }

        private static void require(boolean kept, String message) {
            if (!kept) {
                throw bad(message);
            }
        }

        private static void known(String path, JsonNode object, Set<String> fields) {
            object.fieldNames().forEachRemaining(name -> {
                if (!fields.contains(name)) {
                    throw bad((path.isEmpty() ? "" : path + ".") + name + ": Extra inputs are not permitted");
                }
            });
        }

        private void sampling(String version) {
            for (String name : List.of("temperature", "top_p", "top_k")) {
                require(
                        !body.has(name) || version.compareTo("2026-10-21") < 0,
                        name + ": Extra inputs are not permitted");
            }
            if (body.has("temperature")) {
                double temperature = body.path("temperature").asDouble(-1);
                require(temperature >= 0 && temperature <= 1, "temperature: range: 0..1");
            }
        }

        private void tools() {
            Set<String> names = new HashSet<>();
            for (JsonNode tool : body.path("tools")) {
                mark(tool);
                if (!tool.path("type").asText("custom").equals("custom")) {
                    continue;
                }
                known("tools", tool, TOOL);
                String name = tool.path("name").asText();
                require(
                        name.matches("[a-zA-Z0-9_-]{1,128}"),
                        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
                require(names.add(name), "tools: Tool names must be unique.");
                require(
                        tool.path("input_schema").path("type").asText().equals("object"),
                        "tools.0.custom.input_schema.type: Field required");
                if (tool.path("strict").asBoolean()) {
                    schema("tools.0.custom", tool.path("input_schema"));
                }
            }
            JsonNode choice = body.path("tool_choice");
            if (!choice.isMissingNode()) {
                require(body.path("tools").size() > 0, "tool_choice: may only be specified while providing tools");
                Set<String> fields = switch (choice.path("type").asText()) {
                    case "auto", "any" -> Set.of("type", "disable_parallel_tool_use");
                    case "tool" -> Set.of("type", "name", "disable_parallel_tool_use");
                    case "none" -> Set.of("type");
                    default -> throw bad("tool_choice: Input tag does not match any of the expected tags");
                };
                known("tool_choice", choice, fields);
                require(
                        !choice.has("name")
                                || names.contains(choice.path("name").asText()),
                        "Tool '" + choice.path("name").asText() + "' not found in provided tools");
            }
        }

        private static void schema(String path, JsonNode schema) {
            schema.fieldNames().forEachRemaining(name -> {
                require(!SCHEMA_REFUSED.contains(name), path + ": property '" + name + "' is not supported");
            });
            if (schema.path("type").asText().equals("object")) {
                require(
                        schema.path("additionalProperties").isBoolean()
                                && !schema.path("additionalProperties").asBoolean(),
                        path + ": For 'object' type, 'additionalProperties' must be explicitly set to false");
            }
            for (String name : List.of("properties", "$defs", "definitions")) {
                schema.path(name).forEach(inner -> schema(path, inner));
            }
            for (String name : List.of("anyOf", "allOf")) {
                schema.path(name).forEach(inner -> schema(path, inner));
            }
            if (schema.path("items").isObject()) {
                schema(path, schema.path("items"));
            }
        }

        private void system() {
            for (JsonNode block : body.path("system")) {
                require(block.path("type").asText().equals("text"), "system: Input should be 'text'");
                block("system", block, "system");
            }
        }

        private void messages() {
            JsonNode messages = body.path("messages");
            require(messages.isArray() && !messages.isEmpty(), "messages: at least one message is required");
            String before = "";
            Set<String> open = Set.of();
            for (int i = 0; i < messages.size(); i++) {
                JsonNode message = messages.get(i);
                known("messages." + i, message, Set.of("role", "content"));
                String role = message.path("role").asText();
                require(
                        role.equals("user") || role.equals("assistant"),
                        "messages." + i + ".role: Input should be 'user' or 'assistant'");
                require(!role.equals(before), "messages: roles must alternate between \"user\" and \"assistant\"");
                before = role;
                open = content(i, role, message.path("content"), open);
            }
            require(open.isEmpty() || before.equals("assistant"), unanswered(messages.size() - 1, open));
            JsonNode last = messages.get(messages.size() - 1);
            JsonNode end = last.path("content").path(last.path("content").size() - 1);
            String text = end.path("text").asText();
            require(
                    !before.equals("assistant") || text.equals(text.stripTrailing()),
                    "messages: final assistant content cannot end with trailing whitespace");
        }

        private static String unanswered(int i, Set<String> ids) {
            return "messages." + i + ": `tool_use` ids were found without `tool_result` blocks immediately after: "
                    + String.join(", ", ids);
        }

        /** The ids of the calls that the next message has to answer. */
        private Set<String> content(int i, String role, JsonNode content, Set<String> open) {
            require(
                    content.isTextual() ? !content.asText().isBlank() : !content.isEmpty(),
                    "messages." + i
                            + ": all messages must have non-empty content except for the optional final assistant message");
            Set<String> calls = new LinkedHashSet<>();
            Set<String> answered = new HashSet<>();
            boolean results = true;
            for (JsonNode block : content) {
                String type = block.path("type").asText();
                block("messages." + i, block, role);
                if (type.equals("tool_use")) {
                    require(
                            role.equals("assistant"),
                            "messages." + i + ": `tool_use` blocks can only be in `assistant` messages");
                    require(calls.add(block.path("id").asText()), "messages: `tool_use` ids must be unique");
                } else if (type.equals("tool_result")) {
                    String id = block.path("tool_use_id").asText();
                    require(
                            role.equals("user"),
                            "messages." + i + ": `tool_result` blocks can only be in `user` messages");
                    require(
                            open.contains(id),
                            "messages." + i + ": unexpected `tool_use_id` found in `tool_result` blocks: " + id);
                    require(results, "messages." + i + ": `tool_result` blocks must come before other content");
                    require(answered.add(id), "messages." + i + ": each tool_use must have a single result");
                } else {
                    results = false;
                }
            }
            if (role.equals("user")) {
                Set<String> missing = new LinkedHashSet<>(open);
                missing.removeAll(answered);
                require(missing.isEmpty(), unanswered(i, missing));
            }
            return calls;
        }

        private void block(String path, JsonNode block, String role) {
            String type = block.path("type").asText();
            Set<String> fields = BLOCKS.get(type);
            require(
                    fields != null,
                    path + ": Input tag '" + type + "' found using 'type' does not match any of the expected tags");
            known(path + "." + type, block, fields);
            mark(block);
            switch (type) {
                case "text" ->
                    require(
                            !block.path("text").asText().isBlank(),
                            path + ": text content blocks must contain non-whitespace text");
                case "image", "document" -> source(path, block.path("source"));
                case "thinking" -> {
                    require(role.equals("assistant"), path + ": thinking blocks can only be in assistant messages");
                    require(
                            block.has("thinking") && block.has("signature"),
                            path + ".thinking.signature: Field required");
                    require(
                            block.path("signature").asText().startsWith("E"),
                            path + ": Invalid `signature` in `thinking` block");
                }
                case "redacted_thinking" ->
                    require(block.path("data").isTextual(), path + ".redacted_thinking.data: Field required");
                case "tool_use" -> {
                    require(
                            block.path("id").asText().matches("[a-zA-Z0-9_-]+"),
                            path + ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
                    require(
                            block.path("input").isObject(),
                            path + ".tool_use.input: Input should be a valid dictionary");
                }
                case "tool_result" -> {
                    require(
                            block.path("tool_use_id").asText().matches("[a-zA-Z0-9_-]+"),
                            path + ".tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'");
                    block.path("content").forEach(inner -> block(path + ".tool_result.content", inner, "result"));
                }
                default -> {}
            }
        }

        private static void source(String path, JsonNode source) {
            switch (source.path("type").asText()) {
                case "base64" -> {
                    known(path + ".source.base64", source, Set.of("type", "media_type", "data"));
                    require(
                            Set.of("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf")
                                    .contains(source.path("media_type").asText()),
                            path
                                    + ".source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'");
                }
                case "url" ->
                    require(source.path("url").asText().startsWith("http"), path + ".source.url.url: invalid URL");
                case "text" -> known(path + ".source.text", source, Set.of("type", "media_type", "data"));
                default ->
                    throw bad(path + ".source: Input tag does not match any of the expected tags: 'base64', 'url'");
            }
        }

        private void mark(JsonNode place) {
            JsonNode mark = place.path("cache_control");
            if (!mark.isMissingNode()) {
                known("cache_control", mark, Set.of("type", "ttl"));
                require(
                        mark.path("type").asText().equals("ephemeral"),
                        "cache_control.type: Input should be 'ephemeral'");
                require(
                        Set.of("5m", "1h").contains(mark.path("ttl").asText("5m")),
                        "cache_control.ttl: Input should be '5m' or '1h'");
                marks.add(mark);
            }
        }

        private void marks() {
            require(
                    marks.size() <= MAX_MARKS,
                    "A maximum of 4 blocks with cache_control may be provided. Found " + marks.size() + ".");
            boolean shorter = false;
            for (JsonNode mark : marks) {
                boolean hour = mark.path("ttl").asText().equals("1h");
                require(
                        !(hour && shorter),
                        "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block");
                shorter |= !hour;
            }
        }

        private void thinking() {
            JsonNode thinking = body.path("thinking");
            String type = thinking.path("type").asText();
            if (type.equals("enabled")) {
                int budget = thinking.path("budget_tokens").asInt();
                require(
                        budget >= 1024,
                        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
                require(
                        budget < body.path("max_tokens").asInt(),
                        "`max_tokens` must be greater than `thinking.budget_tokens`");
                answersWithThinking();
            } else if (!type.equals("adaptive")) {
                return;
            }
            require(
                    body.path("temperature").asDouble(1) == 1,
                    "`temperature` may only be set to 1 when thinking is enabled");
            require(!body.has("top_k"), "`top_k` must be unset when thinking is enabled");
            require(
                    body.path("top_p").asDouble(1) >= 0.95,
                    "`top_p` must be greater than or equal to 0.95 when thinking is enabled");
            String choice = body.path("tool_choice").path("type").asText();
            require(
                    !choice.equals("any") && !choice.equals("tool"),
                    "Thinking may not be enabled when tool_choice forces tool use.");
            JsonNode messages = body.path("messages");
            require(
                    messages.get(messages.size() - 1).path("role").asText().equals("user"),
                    "prefilling is not supported when thinking is enabled");
        }

        private void answersWithThinking() {
            JsonNode messages = body.path("messages");
            JsonNode last = messages.get(messages.size() - 1);
            if (messages.size() > 1
                    && last.path("content").path(0).path("type").asText().equals("tool_result")) {
                String first = messages.get(messages.size() - 2)
                        .path("content")
                        .path(0)
                        .path("type")
                        .asText();
                require(
                        first.endsWith("thinking"),
                        "Expected `thinking` or `redacted_thinking`, but found `" + first
                                + "`. When `thinking` is enabled, a final `assistant` message must start with a thinking block");
            }
        }
    }
}
