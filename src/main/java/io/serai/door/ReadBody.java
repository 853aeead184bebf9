package io.serai.door;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.json.BodyReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat request: JSON whatever the content type says, within the size limit, and of a shape that a provider could
 * understand. Everything else in it is kept as it is.
 *
 * <p>The request waits unread until this step, so that a stranger's 32 MiB are refused and not read.
 */
public final class ReadBody {
    private final BodyReader json;
    private final long maxBytes;

    public ReadBody(BodyReader json, long maxBytes) {
        this.json = json;
        this.maxBytes = maxBytes;
    }

    /** A chat completion's body, onto the call. */
    public void chat(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        byte[] bytes = bytes(call, DoorRequest.of(exchange).http());
        ObjectNode body = object(bytes);
        String model = model(body);
        messages(body);
        boolean stream = flag(body, "stream");
        call.admitted(body, bytes.length, model, stream, usageWanted(body));
    }

    private byte[] bytes(Call call, HttpServerRequest request) throws UpstreamException {
        String length = request.getHeader("content-length");
        if (length != null && length.length() < 19 && Long.parseLong(length) > maxBytes) {
            throw ApiError.tooLarge(maxBytes);
        }
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        Buffer received = Buffer.buffer();
        request.exceptionHandler(
                e -> whole.completeExceptionally(new UpstreamException(new UpstreamFailure.ClientGone())));
        request.handler(part -> {
            if (received.length() + (long) part.length() > maxBytes) {
                whole.completeExceptionally(ApiError.tooLarge(maxBytes));
            } else if (!whole.isDone()) {
                received.appendBuffer(part);
            }
        });
        request.endHandler(v -> whole.complete(received.getBytes()));
        request.resume();
        try {
            call.cancellation()
                    .during(() -> whole.completeExceptionally(new UpstreamException(new UpstreamFailure.ClientGone())));
            return whole.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiError tooLarge) {
                request.handler(part -> {});
                throw tooLarge;
            }
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } finally {
            call.cancellation().done();
        }
    }

    private ObjectNode object(byte[] bytes) {
        if (bytes.length == 0) {
            throw ApiError.badRequest(
                    "invalid_json", null, "The body is empty. Send a JSON object with model and messages.");
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
        throw ApiError.badRequest("invalid_json", null, "The body must be a JSON object with model and messages.");
    }

    /** What is wrong, without a word of the body: it may hold what no error should repeat. */
    private static String reason(JsonProcessingException e) {
        String text = String.valueOf(e.getOriginalMessage());
        if (text.startsWith("Duplicate field")) {
            return "a field stands twice";
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

    private static String model(ObjectNode body) {
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

    private static boolean flag(ObjectNode body, String name) {
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
}
