package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.json.LongText;
import io.serai.provider.ChatPart;
import io.serai.provider.Parameters;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A message's content as Gemini's parts: text, {@code inlineData} for what the request holds, {@code fileData} for addresses. */
final class MessageParts {
    private static final Pattern WEB = Pattern.compile("(?i)https?://.+");
    /** Of Google's file service: by name, or in Cloud Storage. */
    private static final Pattern FILE = Pattern.compile("(files/[a-z0-9-]+)|(gs://.+)|(https://.+)");

    /** By the ending of a path (https://ai.google.dev/gemini-api/docs/file-input-methods); others go without a type. */
    private static final Map<String, String> TYPES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp",
            "heic", "image/heic",
            "heif", "image/heif",
            "gif", "image/gif",
            "pdf", "application/pdf");

    private final ObjectMapper json;
    private final Parameters params;
    private final Attempt attempt;
    private final GoogleModel model;
    private final Set<String> details = new HashSet<>();

    MessageParts(ObjectMapper json, Parameters params, Attempt attempt, GoogleModel model) {
        this.json = json;
        this.params = params;
        this.attempt = attempt;
        this.model = model;
    }

    /** Adds what the content says; an empty text says nothing, and Gemini refuses it. */
    void add(JsonNode content, boolean ofAssistant, ArrayNode parts) throws UpstreamException {
        if (content.isTextual()) {
            text(content, parts);
            return;
        }
        for (ChatPart part : ChatPart.of(content)) {
            if (part.node().has("cache_control")) {
                params.adapted(attempt, "messages[].content[].cache_control"); // another vendor's way to mark a prefix
            }
            switch (part) {
                case ChatPart.Text text ->
                    text(text.node().isTextual() ? text.node() : text.node().path("text"), parts);
                case ChatPart.Refusal refusal -> text(refusal.node().path("refusal"), parts);
                case ChatPart.Image image -> {
                    detail(image.detail());
                    source(image.source(), "messages[].content[].image_url", parts);
                }
                case ChatPart.Document document ->
                    source(document.source(), "messages[].content[].file.file_data", parts);
                case ChatPart.Audio audio ->
                    parts.add(inline("audio/" + audio.format().toLowerCase(Locale.ROOT), audio.base64()));
                case ChatPart.Other other -> other(other, ofAssistant, parts);
            }
        }
    }

    private void text(JsonNode text, ArrayNode parts) {
        if (text.isTextual() && !isEmpty(text)) {
            parts.add(json.createObjectNode().set("text", text));
        }
    }

    /** Without decoding a long text. */
    private static boolean isEmpty(JsonNode text) {
        return !(text instanceof LongText) && text.asText().isEmpty();
    }

    private void source(ChatPart.Source source, String name, ArrayNode parts) throws UpstreamException {
        switch (source) {
            case ChatPart.Source.Data data -> parts.add(inline(data.mediaType(), data.base64()));
            case ChatPart.Source.Url url -> parts.add(file(url.url(), name));
        }
    }

    private ObjectNode inline(String mediaType, String base64) {
        ObjectNode part = json.createObjectNode();
        part.putObject("inlineData").put("mimeType", mediaType).put("data", base64);
        return part;
    }

    /** Google fetches it: any public address, but for the models of 2.0 and before; the same page. */
    private ObjectNode file(String url, String name) throws UpstreamException {
        if (!WEB.matcher(url).matches() && !FILE.matcher(url).matches()) {
            throw Parameters.invalid(name, "'" + name + "' must be a data URL or an http(s) address.");
        }
        if (model.major() > 0 && !model.atLeast(2, 5)) {
            throw Parameters.refused(
                    attempt, name, "This model takes no addresses: send the file itself, as a data URL.");
        }
        ObjectNode part = json.createObjectNode();
        ObjectNode file = part.putObject("fileData");
        String type = typeOf(url);
        if (type != null) {
            file.put("mimeType", type);
        }
        file.put("fileUri", url);
        return part;
    }

    private static @Nullable String typeOf(String url) {
        String path = url.split("[?#]", 2)[0];
        return TYPES.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private void other(ChatPart.Other other, boolean ofAssistant, ArrayNode parts) throws UpstreamException {
        String id = other.node().path("file").path("file_id").asText("");
        if (FILE.matcher(id).matches()) {
            String address =
                    id.startsWith("files/") ? attempt.target().provider().endpoint() + "/v1beta/" + id : id;
            ObjectNode part = json.createObjectNode();
            part.putObject("fileData").put("fileUri", address);
            parts.add(part);
        } else if (ofAssistant) {
            params.adapted(attempt, "messages[].content[]." + other.type()); // another vendor's thinking and the like
        } else {
            throw Parameters.refused(
                    attempt,
                    "messages[].content[].type",
                    "'" + other.type() + "' is no kind of content that Gemini knows.");
        }
    }

    private void detail(@Nullable String detail) {
        if (detail != null && !detail.equals("auto")) {
            details.add(detail);
        }
    }

    /** One resolution holds for all media of a request, so that mixed wishes can't be kept. */
    void resolution(ObjectNode config) throws UpstreamException {
        if (details.equals(Set.of("low")) || details.equals(Set.of("high"))) {
            config.put(
                    "mediaResolution",
                    "MEDIA_RESOLUTION_" + details.iterator().next().toUpperCase(Locale.ROOT));
        } else if (!details.isEmpty()) {
            params.adapted(attempt, "messages[].content[].image_url.detail");
        }
    }
}
