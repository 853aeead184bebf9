package io.serai.door;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.CacheWishes;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.UpstreamException;
import io.serai.config.Settings;
import io.serai.json.BodyReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat request: JSON whatever the content type says, within the size limit, and of a shape that a provider could
 * understand. Everything else in it is kept as it is.
 */
public final class ReadBody {
    /** Far beyond any real model path: what is longer is not worth comparing with every name there is. */
    private static final int LONGEST_MODEL = 512;

    private final BodyReader json;
    private final BodyBudget bodies;
    private final long maxBytes;
    private final Duration timeout;

    public ReadBody(BodyReader json, BodyBudget bodies, Settings settings) {
        this.bodies = bodies;
        this.json = json;
        this.maxBytes = settings.bodyMaxBytes();
        this.timeout = settings.bodyTimeout();
    }

    /** A chat completion's body, onto the call. */
    public void chat(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        byte[] bytes = bytes(exchange);
        ObjectNode sent = object(bytes);
        call.wishes(CacheWishes.of(DoorRequest.of(exchange).http().getHeader("cache-control"), sent));
        ObjectNode body = call.dialect().request(call, sent);
        String model = model(body);
        messages(body);
        boolean stream = flag(body, "stream");
        boolean cost = costWanted(body);
        if (cost) {
            call.wantsCost();
        }
        call.admitted(Operation.CHAT, body, bytes.length, model, stream, cost || usageWanted(body));
    }

    /** The body as it came, within its limit. */
    byte[] bytes(Exchange exchange) throws UpstreamException {
        return RawBody.read(exchange, bodies, maxBytes, timeout, ApiError.tooLarge(maxBytes));
    }

    /** The body as an object, or 400. */
    ObjectNode object(byte[] bytes) {
        if (bytes.length == 0) {
            throw ApiError.badRequest("invalid_json", null, "The body is empty. Send a JSON object.");
        }
        @Nullable JsonNode tree;
        try {
            tree = json.read(bytes);
        } catch (JsonProcessingException e) {
            checkUtf8(bytes);
            JsonLocation at = e.getLocation();
            throw ApiError.badRequest(
                    "invalid_json",
                    null,
                    "The body is not JSON: " + reason(e)
                            + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()) + ".");
        } catch (IOException e) {
            checkUtf8(bytes);
            throw ApiError.badRequest("invalid_json", null, "The body is not JSON.");
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw ApiError.badRequest("invalid_json", null, "The body must be a JSON object.");
    }

    /** What is wrong, without a word of the body: it may hold what no error should repeat. */
    private static String reason(JsonProcessingException e) {
        String text = String.valueOf(e.getOriginalMessage());
        if (text.startsWith("Duplicate field")) {
            return "a field stands twice";
        }
        if (e instanceof StreamConstraintsException) {
            return text.contains("nesting") ? "it is nested too deeply" : "a number or a name in it is too long";
        }
        return text.contains("end-of-input") ? "it ends too early" : "unexpected text";
    }

    private static void checkUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw ApiError.badRequest("invalid_encoding", null, "The body is not valid UTF-8.");
        }
    }

    /** The model path that the body names, or 400. */
    static String model(ObjectNode body) {
        JsonNode model = body.get("model");
        if (model == null || model.isNull()) {
            throw ApiError.badRequest(
                    "missing_required_parameter",
                    "model",
                    "'model' is missing. Name one as provider/model, or by a name from /v1/models.");
        }
        if (!model.isTextual() || model.asText().isBlank()) {
            throw ApiError.badRequest("invalid_type", "model", "'model' must be a string that is not empty.");
        }
        if (model.asText().length() > LONGEST_MODEL) {
            throw ApiError.badRequest(
                    "invalid_value", "model", "'model' is longer than " + LONGEST_MODEL + " characters.");
        }
        return model.asText();
    }

    private static void messages(ObjectNode body) {
        JsonNode messages = body.get("messages");
        if (messages == null || messages.isNull()) {
            throw ApiError.badRequest(
                    "missing_required_parameter",
                    "messages",
                    "'messages' is missing: a list such as [{\"role\": \"user\", \"content\": \"Hello\"}].");
        }
        if (!messages.isArray()) {
            throw ApiError.badRequest("invalid_type", "messages", "'messages' must be a list.");
        }
        if (messages.isEmpty()) {
            throw ApiError.badRequest("empty_array", "messages", "'messages' must hold at least one message.");
        }
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.get(i);
            if (!message.isObject()) {
                throw ApiError.badRequest("invalid_type", "messages[" + i + "]", "Each message must be an object.");
            }
            if (!message.path("role").isTextual()) {
                throw ApiError.badRequest(
                        "missing_required_parameter",
                        "messages[" + i + "].role",
                        "Each message needs a 'role', such as \"user\".");
            }
            JsonNode content = message.path("content");
            if (!(content.isMissingNode() || content.isNull() || content.isTextual() || content.isArray())) {
                throw ApiError.badRequest(
                        "invalid_type",
                        "messages[" + i + "].content",
                        "A message's 'content' must be a string, a list of parts, or null.");
            }
        }
    }

    /** A field that is true or false; false when it is absent. */
    static boolean flag(ObjectNode body, String name) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw ApiError.badRequest("invalid_type", name, "'" + name + "' must be true or false.");
        }
        return value.asBoolean();
    }

    private static boolean usageWanted(ObjectNode body) {
        JsonNode options = body.path("stream_options");
        if (!options.isMissingNode() && !options.isNull() && !options.isObject()) {
            throw ApiError.badRequest("invalid_type", "stream_options", "'stream_options' must be an object.");
        }
        return options.path("include_usage").asBoolean();
    }

    /** {@code usage: {include: true}}, as OpenRouter's clients ask for it. */
    private static boolean costWanted(ObjectNode body) {
        JsonNode usage = body.path("usage");
        if (!usage.isMissingNode() && !usage.isNull() && !usage.isObject()) {
            throw ApiError.badRequest("invalid_type", "usage", "'usage' must be an object.");
        }
        body.remove("usage"); // the broker's to answer
        return usage.path("include").asBoolean();
    }
}
