package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Upload;
import io.serai.call.UpstreamException;
import io.serai.config.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Reads forms with files: the files go to the disk as they arrive and are deleted when the call is complete, whatever became of
 * it. The form's fields become the call's body, each a text. Each public method is a step.
 */
public final class ReadUpload {
    private final ObjectMapper json;
    private final UploadFolder folder;
    private final ReadMedia media;
    private final long maxBytes;
    private final Duration silence;

    public ReadUpload(ObjectMapper json, UploadFolder folder, ReadMedia media, Settings settings) {
        this.json = json;
        this.folder = folder;
        this.media = media;
        this.maxBytes = settings.media().uploadMaxBytes();
        this.silence = settings.bodyTimeout();
    }

    /** What {@code /v1/audio/transcriptions} takes. */
    public void transcription(Exchange exchange) throws UpstreamException {
        audio(exchange, Operation.TRANSCRIPTION);
    }

    /** What {@code /v1/audio/translations} takes. */
    public void translation(Exchange exchange) throws UpstreamException {
        audio(exchange, Operation.TRANSLATION);
    }

    /** What {@code /v1/images/edits} takes: a form, or JSON that says where the pictures are. */
    public void imageEdit(Exchange exchange) throws UpstreamException {
        if (isForm(DoorRequest.of(exchange).http())) {
            Upload upload = upload(exchange);
            ObjectNode fields = fields(upload);
            String model = ReadBody.model(fields);
            ReadMedia.text(fields, "prompt", "what to draw");
            if (upload.files("image").isEmpty()) {
                throw missing("image", "a picture as the form's file 'image', or several as 'image[]'");
            }
            admit(exchange, Operation.IMAGE_EDIT, upload, fields, model);
        } else {
            media.imageEdit(exchange);
        }
    }

    private void audio(Exchange exchange, Operation operation) throws UpstreamException {
        if (!isForm(DoorRequest.of(exchange).http())) {
            throw new ApiError(
                    415,
                    "invalid_request_error",
                    "unsupported_content_type",
                    null,
                    "Send a form: 'content-type: multipart/form-data', with 'file' and 'model'.",
                    null);
        }
        Upload upload = upload(exchange);
        ObjectNode fields = fields(upload);
        String model = ReadBody.model(fields);
        if (upload.files("file").isEmpty() && !fields.has("url")) { // Groq takes an address instead
            throw missing("file", "the audio as the form's file 'file'");
        }
        admit(exchange, operation, upload, fields, model);
    }

    private static ApiError missing(String name, String what) {
        return ApiError.badRequest("missing_required_parameter", name, "'" + name + "' is missing: " + what + ".");
    }

    private static void admit(Exchange exchange, Operation operation, Upload upload, ObjectNode fields, String model) {
        boolean stream = fields.path("stream").asText().equalsIgnoreCase("true");
        long bytes = upload.parts().stream()
                .mapToLong(p -> p instanceof Upload.File file ? file.bytes() : 0)
                .sum();
        Call call = Call.of(exchange);
        call.uploaded(upload);
        call.admitted(operation, fields, (int) Math.min(Integer.MAX_VALUE, bytes), model, stream, false);
    }

    private static boolean isForm(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /** Fields as an object: a text each, a list of texts where a name stands more than once. */
    private ObjectNode fields(Upload upload) {
        ObjectNode fields = json.createObjectNode();
        for (Upload.Part part : upload.parts()) {
            if (part instanceof Upload.Field(String name, String value)) {
                switch (fields.get(name)) {
                    case null -> fields.put(name, value);
                    case ArrayNode list -> list.add(value);
                    case JsonNode one -> fields.putArray(name).add(one).add(value);
                }
            }
        }
        return fields;
    }

    /** The form with its files on the disk, where they stay until the call is complete. */
    private Upload upload(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        String length = request.getHeader("content-length");
        long announced = length != null && length.length() < 19 ? Long.parseLong(length) : 0;
        if (announced > maxBytes) {
            throw ApiError.uploadTooLarge(maxBytes);
        }
        Path files = folder.open();
        AtomicLong held = new AtomicLong();
        call.whenComplete(() -> Thread.startVirtualThread(() -> {
            folder.discard(files);
            folder.room().release(held.get());
        }));
        reserve(held, announced); // at once: of two that grow, none must fail for the other's next piece
        long received = 0;
        try (FormParts parts = new FormParts(String.valueOf(request.getHeader("content-type")), files);
                BodyPipe body = BodyPipe.open(exchange, silence)) {
            for (@Nullable Buffer piece = body.next(); piece != null; piece = body.next()) {
                received += piece.length();
                if (received > maxBytes) {
                    throw ApiError.uploadTooLarge(maxBytes);
                }
                reserve(held, Math.max(0, received - held.get()));
                parts.add(Unpooled.wrappedBuffer(piece.getBytes()));
            }
            return parts.whole();
        } catch (IOException e) {
            throw ApiError.noRoom("The broker can't read the upload back from its disk.");
        }
    }

    private void reserve(AtomicLong held, long more) {
        if (!folder.room().reserve(held.get(), more)) {
            throw ApiError.noRoom("Too many uploads are under way. Try again shortly; the operator can raise"
                    + " serai.upload.max-total-bytes.");
        }
        held.addAndGet(more);
    }
}
