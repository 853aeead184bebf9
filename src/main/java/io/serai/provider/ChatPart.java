package io.serai.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One part of a message's content in OpenAI's shape, for adapters of vendors that say it otherwise. What a vendor marks on a
 * part ({@code cache_control}) is read from {@link #node}.
 */
public sealed interface ChatPart {
    /** The part as the client wrote it; a null node for a content that is a bare string. */
    JsonNode node();

    record Text(String text, JsonNode node) implements ChatPart {}

    /** @param detail auto, low, high; null when not said */
    record Image(Source source, @Nullable String detail, JsonNode node) implements ChatPart {}

    /** A file's content; a file that only has an id at some vendor is {@link Other}. */
    record Document(Source source, @Nullable String filename, JsonNode node) implements ChatPart {}

    /** @param format wav, mp3 ... */
    record Audio(String base64, String format, JsonNode node) implements ChatPart {}

    /** A refusal that an assistant gave before. */
    record Refusal(String text, JsonNode node) implements ChatPart {}

    /** Whatever else; {@code type} as written, empty without one. */
    record Other(String type, JsonNode node) implements ChatPart {}

    /** Where a part's bytes are: in the request, or somewhere on the web. */
    sealed interface Source {
        /** @param mediaType such as {@code image/png} */
        record Data(String mediaType, String base64) implements Source {}

        record Url(String url) implements Source {}
    }

    /** The parts of a message's {@code content}: none for null, one for a string. */
    static List<ChatPart> of(JsonNode content) {
        List<ChatPart> parts = new ArrayList<>();
        if (content.isTextual()) {
            parts.add(new Text(content.asText(), NullNode.instance));
        } else if (content.isArray()) {
            content.forEach(part -> parts.add(part(part)));
        }
        return parts;
    }

    /** One element of a content that is an array. */
    static ChatPart part(JsonNode part) {
        String type = part.path("type").asText(part.isTextual() ? "text" : "");
        return switch (type) {
            case "text", "input_text", "output_text" ->
                new Text(part.isTextual() ? part.asText() : part.path("text").asText(), part);
            case "refusal" -> new Refusal(part.path("refusal").asText(), part);
            case "image_url" -> {
                JsonNode image = part.path("image_url");
                String url =
                        image.isTextual() ? image.asText() : image.path("url").asText();
                yield url.isEmpty()
                        ? new Other(type, part)
                        : new Image(source(url), image.path("detail").textValue(), part);
            }
            case "input_audio" ->
                new Audio(
                        part.path("input_audio").path("data").asText(),
                        part.path("input_audio").path("format").asText("wav"),
                        part);
            case "file" -> {
                JsonNode file = part.path("file");
                String data = file.path("file_data").asText("");
                yield data.isEmpty()
                        ? new Other(type, part)
                        : new Document(source(data), file.path("filename").textValue(), part);
            }
            default -> new Other(type, part);
        };
    }

    /** A data URL's media type and base64 text; anything else is taken for an address. */
    private static Source source(String url) {
        int comma = url.indexOf(',');
        if (!url.regionMatches(true, 0, "data:", 0, 5) || comma < 0) {
            return new Source.Url(url);
        }
        String head = url.substring(5, comma);
        String type = head.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return new Source.Data(type.isEmpty() ? "text/plain" : type, url.substring(comma + 1));
    }
}
