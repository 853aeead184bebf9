package io.serai.stub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Google's Gemini API refuses: fields that its messages do not have, values out of bounds, turns out of order, schemas
 * beyond its part of JSON Schema, and thought signatures that are missing or none, each as a 400 in its shape.
 *
 * <p>From https://ai.google.dev/api/generate-content, https://ai.google.dev/api/caching, https://ai.google.dev/api/embeddings,
 * https://ai.google.dev/gemini-api/docs/thought-signatures and https://ai.google.dev/gemini-api/docs/troubleshooting. The words
 * for an unknown field are those of Google's JSON front end: {@code Invalid JSON payload received. Unknown name "x" at 'y':
 * Cannot find field.} Models whose names do not begin with {@code gemini-} are taken for ones that think and call as
 * generation 2.5 does.
 */
public final class GoogleRules implements Function<RecordedRequest, Optional<Script>> {
    private static final Pattern METHOD = Pattern.compile(
            ".*/v1beta/((?:models|tunedModels)/[^/:]+):(generateContent|streamGenerateContent|batchEmbedContents)");
    private static final Pattern CACHES = Pattern.compile(".*/v1beta/cachedContents(/[a-z0-9-]+)?");
    private static final String SKIP = "skip_thought_signature_validator";
    /** Of the newest models: https://ai.google.dev/gemini-api/docs/caching. */
    private static final int LEAST_CACHED_TOKENS = 4096;

    private static final String SCHEMA =
            "type format title description nullable enum* maxItems minItems properties? required* minProperties maxProperties"
                    + " minLength maxLength pattern example? anyOf*Schema propertyOrdering* default? items:Schema minimum maximum";

    private static final Pattern FIELD = Pattern.compile("(\\w+)([*:?]?)(\\w*)");

    /** Fields by message: {@code *} marks a list, {@code :} and a name a message, {@code ?} anything. */
    private static final Map<String, Map<String, String>> MESSAGES = Map.ofEntries(
            message(
                    "Request",
                    "contents*Content tools*Tool toolConfig:ToolConfig safetySettings*SafetySetting systemInstruction:Content"
                            + " generationConfig:GenerationConfig cachedContent serviceTier"),
            message("Content", "role parts*Part"),
            message(
                    "Part",
                    "text inlineData:Blob functionCall:FunctionCall functionResponse:FunctionResponse fileData:FileData"
                            + " executableCode? codeExecutionResult? thought thoughtSignature videoMetadata? mediaResolution?"),
            message("Blob", "mimeType data"),
            message("FileData", "mimeType fileUri"),
            message("FunctionCall", "id name args?"),
            message("FunctionResponse", "id name response? parts*FunctionResponsePart willContinue scheduling"),
            message("FunctionResponsePart", "inlineData:Blob"),
            message(
                    "Tool",
                    "functionDeclarations*FunctionDeclaration googleSearch? codeExecution? urlContext? fileSearch? googleMaps?"),
            message(
                    "FunctionDeclaration",
                    "name description behavior parameters:Schema parametersJsonSchema? response:Schema responseJsonSchema?"),
            message("ToolConfig", "functionCallingConfig:FunctionCallingConfig retrievalConfig?"),
            message("FunctionCallingConfig", "mode allowedFunctionNames*"),
            message("SafetySetting", "category threshold"),
            message(
                    "GenerationConfig",
                    "stopSequences* responseMimeType responseSchema:Schema responseJsonSchema? responseModalities* candidateCount"
                            + " maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs"
                            + " logprobs enableEnhancedCivicAnswers speechConfig? thinkingConfig:ThinkingConfig imageConfig?"
                            + " mediaResolution"),
            message("ThinkingConfig", "includeThoughts thinkingBudget thinkingLevel"),
            message("Schema", SCHEMA),
            message("Embed", "model content:Content taskType title outputDimensionality"),
            message("Embeds", "requests*Embed"),
            message(
                    "CachedContent",
                    "model contents*Content tools*Tool toolConfig:ToolConfig systemInstruction:Content ttl expireTime displayName"),
            message("Renewal", "ttl expireTime"));

    /** https://ai.google.dev/api/generate-content#GenerationConfig, responseJsonSchema. */
    private static final Set<String> JSON_SCHEMA = Set.of(
            "$id",
            "$defs",
            "$ref",
            "$anchor",
            "type",
            "format",
            "title",
            "description",
            "enum",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
            "anyOf",
            "oneOf",
            "properties",
            "additionalProperties",
            "required",
            "propertyOrdering");

    private static Map.Entry<String, Map<String, String>> message(String name, String fields) {
        Map<String, String> types = new HashMap<>();
        for (String field : fields.split(" ")) {
            Matcher m = FIELD.matcher(field);
            if (!m.matches()) {
                throw new IllegalStateException(field);
            }
            types.put(m.group(1), m.group(2) + m.group(3));
        }
        return Map.entry(name, types);
    }

    @Override
    public Optional<Script> apply(RecordedRequest request) {
        try {
            check(request);
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(Scripts.status(
                    refused.status,
                    error(refused.status, refused.getMessage(), refused.name, refused.reason, refused.field)));
        }
    }

    /** Google's error body. */
    public static String error(int status, String message, String name, String reason, String field) {
        ObjectNode body = Scripts.JSON.createObjectNode();
        ObjectNode error = body.putObject("error")
                .put("code", status)
                .put("message", message)
                .put("status", name);
        if (!reason.isEmpty()) {
            error.withArray("details")
                    .addObject()
                    .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    .put("reason", reason)
                    .put("domain", "googleapis.com")
                    .putObject("metadata")
                    .put("service", "generativelanguage.googleapis.com");
        }
        if (!field.isEmpty()) {
            error.withArray("details")
                    .addObject()
                    .put("@type", "type.googleapis.com/google.rpc.BadRequest")
                    .putArray("fieldViolations")
                    .addObject()
                    .put("field", field)
                    .put("description", message);
        }
        return body.toString();
    }

    private static void check(RecordedRequest request) {
        String key = request.header("x-goog-api-key");
        if (key == null || key.isEmpty()) {
            throw new Refused(403, "Method doesn't allow unregistered callers.", "PERMISSION_DENIED", "", "");
        }
        if (key.startsWith("wrong")) {
            throw new Refused(
                    400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", "API_KEY_INVALID", "");
        }
        Matcher method = METHOD.matcher(request.path());
        if (CACHES.matcher(request.path()).matches()) {
            cache(request);
        } else if (!method.matches()) {
            throw new Refused(404, "Requested entity was not found.", "NOT_FOUND", "", "");
        } else if (method.group(2).equals("batchEmbedContents")) {
            embed(body(request), method.group(1));
        } else {
            boolean streamed = method.group(2).equals("streamGenerateContent");
            if (streamed != request.target().endsWith("?alt=sse")) {
                throw invalid("This stub streams with alt=sse only.", "");
            }
            generate(body(request), method.group(1).substring(method.group(1).indexOf('/') + 1));
        }
    }

    private static JsonNode body(RecordedRequest request) {
        try {
            return request.json();
        } catch (UncheckedIOException e) {
            throw invalid("Invalid JSON payload received. Unexpected token.", "");
        }
    }

    private static void cache(RecordedRequest request) {
        if (request.method().equals("DELETE")) {
            return;
        }
        JsonNode body = body(request);
        fields(body, request.method().equals("PATCH") ? "Renewal" : "CachedContent", "");
        if (!body.path("ttl").asText().matches("\\d+(\\.\\d+)?s")) {
            throw invalid("Invalid value at 'cached_content.ttl': Duration must end with a single 's'", "ttl");
        }
        if (request.method().equals("POST")) {
            int tokens = body.toString().length() / 4;
            if (!body.path("model").asText().startsWith("models/")) {
                throw invalid("* CreateCachedContentRequest.model: unexpected model name format", "");
            }
            if (tokens < LEAST_CACHED_TOKENS) {
                throw invalid(
                        "Cached content is too small. total_token_count=" + tokens + ", min_total_token_count="
                                + LEAST_CACHED_TOKENS,
                        "");
            }
            turns(body.path("contents"), "contents");
        }
    }

    private static void embed(JsonNode body, String model) {
        fields(body, "Embeds", "");
        int count = body.path("requests").size();
        if (count == 0 || count > 100) {
            throw invalid("* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch", "requests");
        }
        for (JsonNode one : body.path("requests")) {
            if (!one.path("model").asText().equals(model)) {
                throw invalid("* BatchEmbedContentsRequest.requests: requested models must match", "");
            }
            if (one.path("content").path("parts").isEmpty()) {
                throw invalid("* EmbedContentRequest.content: content is empty", "");
            }
        }
    }

    private static void generate(JsonNode body, String model) {
        fields(body, "Request", "");
        if (body.path("contents").isEmpty()) {
            throw invalid("* GenerateContentRequest.contents: contents is not specified", "contents");
        }
        if (body.has("cachedContent")
                && (body.has("systemInstruction") || body.has("tools") || body.has("toolConfig"))) {
            throw invalid(
                    "CachedContent can not be used with GenerateContent request setting system_instruction, tools or"
                            + " tool_config.",
                    "");
        }
        turns(body.path("contents"), "contents");
        if (body.has("systemInstruction")) {
            parts(body.path("systemInstruction").path("parts"), "system_instruction");
        }
        config(body.path("generationConfig"));
        tools(body);
        if (model.startsWith("gemini-3")) {
            signatures(body.path("contents"));
        }
    }

    private static void config(JsonNode config) {
        between(config, "temperature", 0, 2);
        between(config, "topP", 0, 1);
        between(config, "candidateCount", 1, 8);
        between(config, "logprobs", 0, 20);
        between(config, "presencePenalty", -2, 2);
        between(config, "frequencyPenalty", -2, 2);
        if (config.path("stopSequences").size() > 5) {
            throw invalid("* GenerateContentRequest.generation_config.stop_sequences: at most 5", "generation_config");
        }
        if (config.has("responseJsonSchema")) {
            if (!config.path("responseMimeType").asText().equals("application/json")) {
                throw invalid("responseJsonSchema needs responseMimeType application/json", "generation_config");
            }
            schema(config.path("responseJsonSchema"), config.path("responseJsonSchema"), "response_json_schema");
        }
        JsonNode thinking = config.path("thinkingConfig");
        if (thinking.has("thinkingBudget") && thinking.has("thinkingLevel")) {
            throw invalid("You can only set only one of thinking budget and thinking level.", "generation_config");
        }
        if (thinking.has("thinkingLevel")
                && !Set.of("minimal", "low", "medium", "high")
                        .contains(thinking.path("thinkingLevel").asText())) {
            throw invalid("Invalid value at 'generation_config.thinking_config.thinking_level'", "generation_config");
        }
    }

    private static void between(JsonNode config, String field, double least, double most) {
        JsonNode value = config.path(field);
        if (!value.isMissingNode() && (!value.isNumber() || value.asDouble() < least || value.asDouble() > most)) {
            String name = field.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            throw invalid(
                    "* GenerateContentRequest.generation_config." + name + ": " + name + " must be in the range ["
                            + least + ", " + most + "].",
                    "generation_config." + name);
        }
    }

    private static void tools(JsonNode body) {
        for (JsonNode tool : body.path("tools")) {
            for (JsonNode function : tool.path("functionDeclarations")) {
                if (!function.path("name").asText().matches("[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")) {
                    throw invalid(
                            "* GenerateContentRequest.tools[0].function_declarations[0].name: Invalid function name.",
                            "tools");
                }
                JsonNode schema = function.path("parametersJsonSchema");
                if (!schema.isMissingNode()) {
                    schema(schema, schema, "parameters_json_schema");
                }
            }
        }
        JsonNode choice = body.path("toolConfig").path("functionCallingConfig");
        String mode = choice.path("mode").asText("AUTO");
        if (!Set.of("AUTO", "ANY", "NONE", "VALIDATED").contains(mode)) {
            throw invalid("Invalid value at 'tool_config.function_calling_config.mode'", "tool_config");
        }
        if (choice.has("allowedFunctionNames") && !Set.of("ANY", "VALIDATED").contains(mode)) {
            throw invalid("allowed_function_names should only be set when the mode is ANY or VALIDATED", "tool_config");
        }
    }

    private static void schema(JsonNode schema, JsonNode root, String path) {
        if (!schema.isObject()) {
            if (schema.isBoolean() && path.endsWith("additionalProperties")) {
                return;
            }
            throw invalid("Invalid schema at '" + path + "'", "");
        }
        schema.fieldNames().forEachRemaining(name -> {
            if (!JSON_SCHEMA.contains(name)) {
                throw invalid("Unknown keyword '" + name + "' at '" + path + "'", "");
            }
            if (schema.has("$ref") && !name.startsWith("$")) {
                throw invalid("'" + name + "' stands beside a $ref at '" + path + "'", "");
            }
        });
        if (schema.has("$ref")) {
            String ref = schema.path("$ref").asText();
            if (!ref.startsWith("#/$defs/") || root.at(ref.substring(1)).isMissingNode()) {
                throw invalid("'" + ref + "' is not defined", "");
            }
        }
        for (JsonNode value : schema.path("enum")) {
            if (!value.isTextual() && !value.isNumber()) {
                throw invalid("enum holds strings and numbers at '" + path + "'", "");
            }
        }
        for (String map : List.of("properties", "$defs")) {
            schema.path(map).properties().forEach(p -> schema(p.getValue(), root, path + "." + p.getKey()));
        }
        for (String list : List.of("anyOf", "oneOf", "prefixItems")) {
            schema.path(list).forEach(s -> schema(s, root, path + "." + list));
        }
        for (String one : List.of("items", "additionalProperties")) {
            if (schema.has(one)) {
                schema(schema.path(one), root, path + "." + one);
            }
        }
    }

    /** Roles, parts, and each call's turn followed by as many results. */
    private static void turns(JsonNode contents, String path) {
        int open = 0;
        String before = "";
        for (int i = 0; i < contents.size(); i++) {
            JsonNode turn = contents.get(i);
            String role = turn.path("role").asText();
            if (!role.equals("user") && !role.equals("model")) {
                throw invalid("Please use a valid role: user, model.", path);
            }
            parts(turn.path("parts"), path + "[" + i + "]");
            int calls = count(turn, "functionCall");
            int results = count(turn, "functionResponse");
            if (calls > 0 && (!role.equals("model") || before.equals("model"))) {
                throw invalid(
                        "Please ensure that function call turn comes immediately after a user turn or after a function response"
                                + " turn.",
                        path);
            }
            if (results != open) {
                throw invalid(
                        "Please ensure that the number of function response parts is equal to the number of function call parts"
                                + " of the function call turn.",
                        path);
            }
            open = calls;
            before = role;
        }
        if (open > 0) {
            throw invalid(
                    "Please ensure that the number of function response parts is equal to the number of function call parts of"
                            + " the function call turn.",
                    path);
        }
    }

    private static int count(JsonNode turn, String kind) {
        int count = 0;
        for (JsonNode part : turn.path("parts")) {
            count += part.has(kind) ? 1 : 0;
        }
        return count;
    }

    private static void parts(JsonNode parts, String path) {
        if (parts.isEmpty()) {
            throw invalid("* GenerateContentRequest." + path + ".parts: contents.parts must not be empty.", path);
        }
        for (JsonNode part : parts) {
            int data = 0;
            for (String kind : List.of("text", "inlineData", "functionCall", "functionResponse", "fileData")) {
                data += part.has(kind) ? 1 : 0;
            }
            boolean empty =
                    part.path("text").isTextual() && part.path("text").asText().isEmpty();
            if (data != 1 || empty && !part.has("thoughtSignature")) {
                throw invalid(
                        "* GenerateContentRequest." + path
                                + ".parts[0].data: required oneof field 'data' must have one initialized field",
                        path);
            }
            for (String name : List.of("functionCall", "functionResponse")) {
                if (part.has(name) && part.path(name).path("name").asText().isEmpty()) {
                    throw invalid(
                            "* GenerateContentRequest." + path + "." + name + ".name: Name cannot be empty.", path);
                }
            }
            for (String object : List.of("args", "response")) {
                for (JsonNode call : part) {
                    if (call.has(object) && !call.path(object).isObject()) {
                        throw invalid(
                                "Invalid value at '" + path + "' (type.googleapis.com/google.protobuf.Struct)", path);
                    }
                }
            }
            if (part.has("inlineData")) {
                base64(part.path("inlineData").path("data").asText(), path + ".inline_data.data");
            }
            String signature = part.path("thoughtSignature").asText(SKIP);
            if (!signature.equals(SKIP)) {
                base64(signature, path + ".thought_signature");
            }
        }
    }

    private static void base64(String text, String path) {
        try {
            Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw invalid("Invalid value at '" + path + "' (TYPE_BYTES), Base64 decoding failed", path);
        }
    }

    /** Of the turn that is going on: from the user's last words. */
    private static void signatures(JsonNode contents) {
        int from = 0;
        for (int i = 0; i < contents.size(); i++) {
            JsonNode turn = contents.get(i);
            if (turn.path("role").asText().equals("user") && count(turn, "functionResponse") == 0) {
                from = i;
            }
        }
        for (int i = from; i < contents.size(); i++) {
            for (JsonNode part : contents.get(i).path("parts")) {
                if (part.has("functionCall")) {
                    if (!part.has("thoughtSignature")) {
                        throw invalid(
                                "Function call is missing a thought_signature in functionCall parts. This is required for tools"
                                        + " to work correctly. Additional data, function call `default_api:"
                                        + part.path("functionCall").path("name").asText() + "`, position " + i + ".",
                                "");
                    }
                    break; // of parallel calls only the first has one
                }
            }
        }
    }

    private static void fields(JsonNode message, String type, String path) {
        if (!message.isObject()) {
            throw invalid("Invalid value at '" + path + "'", path);
        }
        Map<String, String> known = MESSAGES.getOrDefault(type, Map.of());
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            String kind = known.get(field.getKey());
            String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (kind == null) {
                throw invalid(
                        "Invalid JSON payload received. Unknown name \"" + field.getKey() + "\""
                                + (path.isEmpty() ? "" : " at '" + path + "'") + ": Cannot find field.",
                        path);
            }
            JsonNode value = field.getValue();
            if (kind.startsWith(":")) {
                fields(value, kind.substring(1), at);
            } else if (kind.startsWith("*")) {
                if (!value.isArray()) {
                    throw invalid("Invalid value at '" + at + "', expected a list", at);
                }
                for (int i = 0; i < value.size() && kind.length() > 1; i++) {
                    fields(value.get(i), kind.substring(1), at + "[" + i + "]");
                }
            } else if (kind.isEmpty() && (value.isContainerNode() || value.isNull())) {
                throw invalid("Invalid value at '" + at + "', expected a scalar", at);
            }
        }
    }

    private static Refused invalid(String message, String field) {
        return new Refused(400, message, "INVALID_ARGUMENT", "", field);
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String name;
        private final String reason;
        private final String field;

        Refused(int status, String message, String name, String reason, String field) {
            super(message);
            this.status = status;
            this.name = name;
            this.reason = reason;
            this.field = field;
        }
    }
}
