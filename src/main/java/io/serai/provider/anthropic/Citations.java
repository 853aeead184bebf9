package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a text cites, as OpenAI's {@code annotations}: a page as {@code url_citation}, a document of the request's as {@code
 * file_citation}, and beside either the vendor's own {@code citation} with the words and the place in the source. The vendor
 * names them for a block of text, OpenAI for a stretch of the message, counted in characters
 * (https://platform.claude.com/docs/en/build-with-claude/citations,
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool,
 * https://platform.openai.com/docs/guides/tools-web-search).
 */
final class Citations {
    private final ObjectMapper json;
    private final ArrayNode annotations;
    private int said;
    private int begin;
    private int first;

    Citations(ObjectMapper json) {
        this.json = json;
        this.annotations = json.createArrayNode();
    }

    /** A block of text begins. */
    void begin() {
        begin = said;
        first = annotations.size();
    }

    /** The block goes on. */
    void text(String text) {
        said += text.codePointCount(0, text.length());
    }

    /** The block cites this. */
    void cite(JsonNode citation) {
        if (!citation.isObject()) {
            return;
        }
        String url = url(citation);
        String kind = url.isEmpty() ? "file_citation" : "url_citation";
        ObjectNode annotation = annotations.addObject().put("type", kind);
        ObjectNode cited = annotation.putObject(kind).put("start_index", begin);
        if (url.isEmpty()) {
            if (citation.path("file_id").isTextual()) {
                cited.set("file_id", citation.get("file_id"));
            }
            cited.put("filename", name(citation));
        } else {
            cited.put("url", url).put("title", citation.path("title").asText(""));
        }
        annotation.set("citation", citation);
    }

    /** Of a page that was searched, or of a search result that the client gave; empty for what has none. */
    private static String url(JsonNode citation) {
        String source = citation.path("source").asText("");
        boolean web = source.startsWith("https://") || source.startsWith("http://");
        return citation.path("url").asText(web ? source : "");
    }

    private static String name(JsonNode citation) {
        for (String field : new String[] {"document_title", "title", "source"}) {
            if (citation.path(field).isTextual()) {
                return citation.path(field).asText();
            }
        }
        return "";
    }

    /** The block ends. Its annotations, or none. */
    ArrayNode end() {
        ArrayNode ofBlock = json.createArrayNode();
        for (int i = first; i < annotations.size(); i++) {
            JsonNode annotation = annotations.get(i);
            ObjectNode cited =
                    (ObjectNode) annotation.path(annotation.path("type").asText());
            ofBlock.add(annotation);
            cited.put("end_index", said);
        }
        return ofBlock;
    }

    /** Those of all blocks that have ended. */
    ArrayNode all() {
        return annotations;
    }
}
