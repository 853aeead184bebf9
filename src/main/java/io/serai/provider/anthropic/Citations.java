package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The pages that a text cites, as OpenAI's {@code url_citation}s. The vendor names them for a block of text, OpenAI for a
 * stretch of the message, counted in characters (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool,
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

    /** The block cites this; what has no address is no page. */
    void cite(JsonNode citation) {
        if (citation.path("url").isTextual()) {
            ObjectNode cited =
                    annotations.addObject().put("type", "url_citation").putObject("url_citation");
            cited.put("start_index", begin);
            cited.set("url", citation.get("url"));
            cited.put("title", citation.path("title").asText(""));
        }
    }

    /** The block ends. Its annotations, or none. */
    ArrayNode end() {
        ArrayNode ofBlock = json.createArrayNode();
        for (int i = first; i < annotations.size(); i++) {
            ((ObjectNode) annotations.get(i).path("url_citation")).put("end_index", said);
            ofBlock.add(annotations.get(i));
        }
        return ofBlock;
    }

    /** Those of all blocks that have ended. */
    ArrayNode all() {
        return annotations;
    }
}
