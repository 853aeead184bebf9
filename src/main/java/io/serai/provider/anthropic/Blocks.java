package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.json.LongText;
import io.serai.provider.ChatPart;
import io.serai.provider.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes content blocks of the parts of a message. Text that the vendor would refuse as empty makes none. */
final class Blocks {
    /** Blocks of the vendor's own that a client may write as they are (API reference, "Create a Message", content). */
    private static final Set<String> NATIVE = Set.of(
            "image",
            "document",
            "search_result",
            "container_upload",
            "tool_reference",
            "server_tool_use",
            "web_search_tool_result",
            "web_fetch_tool_result",
            "code_execution_tool_result",
            "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result",
            "tool_search_tool_result");

    private static final String CACHE = "cache_control";

    private final ObjectMapper json;
    private final Attempt attempt;
    private final Parameters params;

    Blocks(ObjectMapper json, Attempt attempt, Parameters params) {
        this.json = json;
        this.attempt = attempt;
        this.params = params;
    }

    /**
     * The blocks of a message's content.
     *
     * @throws UpstreamException when it holds something that can't be said to the vendor
     */
    List<ObjectNode> of(JsonNode content) throws UpstreamException {
        List<ObjectNode> blocks = new ArrayList<>();
        if (content.isTextual()) {
            addText(blocks, content, null);
        }
        for (JsonNode part : content.isArray() ? content : json.createArrayNode()) {
            String type = part.path("type").asText();
            if (type.equals("text") || type.equals("input_text") || type.equals("output_text")) {
                addText(blocks, part.path("text"), part.get(CACHE));
            } else if (type.equals("refusal")) {
                addText(blocks, part.path("refusal"), part.get(CACHE));
            } else {
                blocks.add(other(ChatPart.part(part)));
            }
        }
        return blocks;
    }

    /** The text as it came: a long one is not decoded. */
    void addText(List<ObjectNode> blocks, JsonNode text, @Nullable JsonNode cache) {
        if (text.isTextual() && (text instanceof LongText || !text.textValue().isBlank())) {
            blocks.add(marked(block("text").set("text", text), cache));
        }
    }

    private ObjectNode other(ChatPart part) throws UpstreamException {
        return switch (part) {
            case ChatPart.Text text -> block("text").put("text", text.text());
            case ChatPart.Refusal refusal -> block("text").put("text", refusal.text());
            case ChatPart.Image image -> {
                if (image.detail() != null && !image.detail().equals("auto")) {
                    params.adapted(attempt, "messages[].content[].image_url.detail");
                }
                yield marked(
                        block("image").set("source", imageSource(image.source())),
                        image.node().get(CACHE));
            }
            case ChatPart.Document document -> {
                ObjectNode block = block("document").set("source", documentSource(document));
                if (document.filename() != null && !document.filename().isBlank()) {
                    block.put("title", document.filename());
                }
                yield marked(block, document.node().get(CACHE));
            }
            case ChatPart.Audio audio ->
                throw Parameters.refused(
                        attempt, "messages[].content[].input_audio", "Choose a model that can hear, or send text.");
            case ChatPart.Other other -> unknown(other);
        };
    }

    private ObjectNode imageSource(ChatPart.Source source) {
        return switch (source) {
            case ChatPart.Source.Data data ->
                base64(data.mediaType().equals("image/jpg") ? "image/jpeg" : data.mediaType(), data.base64());
            case ChatPart.Source.Url url -> url(url.url());
        };
    }

    private ObjectNode documentSource(ChatPart.Document document) throws UpstreamException {
        return switch (document.source()) {
            case ChatPart.Source.Data data
            when data.mediaType().equals("text/plain") ->
                json.createObjectNode()
                        .put("type", "text")
                        .put("media_type", "text/plain")
                        .put("data", decoded(data.base64()));
            case ChatPart.Source.Data data -> base64(data.mediaType(), data.base64());
            case ChatPart.Source.Url url when url.url().regionMatches(true, 0, "http", 0, 4) -> url(url.url());
            // OpenAI's clients may leave the data URL's head away
            case ChatPart.Source.Url bare -> base64("application/pdf", bare.url());
        };
    }

    private static String decoded(String base64) throws UpstreamException {
        try {
            return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid("messages[].content[].file.file_data", "The file's data is not base64.");
        }
    }

    private ObjectNode unknown(ChatPart.Other other) throws UpstreamException {
        JsonNode id = other.node().path("file").path("file_id");
        if (other.type().equals("file") && id.isTextual()) {
            ObjectNode source = json.createObjectNode().put("type", "file");
            return marked(
                    block("document").set("source", source.set("file_id", id)),
                    other.node().get(CACHE));
        }
        if (NATIVE.contains(other.type()) && other.node() instanceof ObjectNode node) {
            return json.createObjectNode().setAll(node);
        }
        throw Parameters.refused(
                attempt,
                other.type().isEmpty() ? "messages[].content[]" : "messages[].content[]." + other.type(),
                "Send it as text, an image or a document.");
    }

    ObjectNode block(String type) {
        return json.createObjectNode().put("type", type);
    }

    private ObjectNode base64(String mediaType, String data) {
        ObjectNode source = json.createObjectNode().put("type", "base64").put("media_type", mediaType);
        return source.set("data", TextNode.valueOf(data));
    }

    private ObjectNode url(String url) {
        return json.createObjectNode().put("type", "url").put("url", url);
    }

    /** A client's own mark, with whatever it says of its lifetime. */
    static ObjectNode marked(ObjectNode block, @Nullable JsonNode cache) {
        if (cache != null && cache.isObject()) {
            block.set(CACHE, cache);
        }
        return block;
    }
}
