package io.serai.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text into a tree in which long strings are {@link LongText}. What is not JSON is found out all the same: a
 * string that is skipped is still checked for its end, its escapes' form and its UTF-8. A field that stands twice is an error:
 * what one reader takes from the first and another from the second is a way past every check.
 */
public final class BodyReader {
    /** Shorter strings are decoded at once; measured: below some hundred bytes there is nothing to gain. */
    private static final int LONG = 1024;

    private final ObjectMapper json;

    public BodyReader(ObjectMapper json) {
        this.json = json;
    }

    /**
     * Returns null for an empty text.
     *
     * @throws IOException Jackson's, with a location, when it is not one whole JSON value
     */
    public @Nullable JsonNode read(byte[] bytes) throws IOException {
        try (JsonParser parser = json.getFactory().createParser(bytes)) {
            Cursor cursor = new Cursor(parser, bytes);
            if (cursor.token == null) {
                return null;
            }
            JsonNode tree = cursor.value();
            if (cursor.token != null) {
                throw new JsonParseException(parser, "Something follows the JSON value");
            }
            return tree;
        }
    }

    /** Reads one token ahead, for only the next token tells where a skipped string ended. */
    private final class Cursor {
        private final JsonParser parser;
        private final byte[] bytes;
        private final JsonNodeFactory nodes = json.getNodeFactory();
        private @Nullable JsonToken token;

        Cursor(JsonParser parser, byte[] bytes) throws IOException {
            this.parser = parser;
            this.bytes = bytes;
            this.token = parser.nextToken();
        }

        /** The value that begins with the current token; the token behind it is current then. */
        JsonNode value() throws IOException {
            JsonToken begin = token;
            if (begin == JsonToken.START_OBJECT) {
                return object();
            }
            if (begin == JsonToken.START_ARRAY) {
                return array();
            }
            if (begin == JsonToken.VALUE_STRING) {
                int from = (int) parser.currentTokenLocation().getByteOffset();
                if (isLong(from)) {
                    token = parser.nextToken(); // skips and checks the string
                    return new LongText(bytes, from, endOfString());
                }
            }
            JsonNode scalar = scalar();
            token = parser.nextToken();
            return scalar;
        }

        private ObjectNode object() throws IOException {
            ObjectNode object = nodes.objectNode();
            token = parser.nextToken();
            while (token == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                token = parser.nextToken();
                if (object.replace(name, value()) != null) {
                    throw new JsonParseException(parser, "Duplicate field '" + name + "'");
                }
            }
            token = parser.nextToken();
            return object;
        }

        private ArrayNode array() throws IOException {
            ArrayNode array = nodes.arrayNode();
            token = parser.nextToken();
            while (token != JsonToken.END_ARRAY) {
                if (token == null) {
                    throw new JsonParseException(parser, "Unexpected end-of-input in an array");
                }
                array.add(value());
            }
            token = parser.nextToken();
            return array;
        }

        private JsonNode scalar() throws IOException {
            if (token == JsonToken.VALUE_STRING) {
                return nodes.textNode(parser.getText());
            }
            if (token == JsonToken.VALUE_NUMBER_INT) {
                return switch (parser.getNumberType()) {
                    case INT -> nodes.numberNode(parser.getIntValue());
                    case LONG -> nodes.numberNode(parser.getLongValue());
                    default -> nodes.numberNode(parser.getBigIntegerValue());
                };
            }
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                return nodes.numberNode(decimal());
            }
            if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                return nodes.booleanNode(token == JsonToken.VALUE_TRUE);
            }
            if (token == JsonToken.VALUE_NULL) {
                return nodes.nullNode();
            }
            throw new JsonParseException(parser, "Unexpected end-of-input");
        }

        /** Jackson lets an exponent of twenty digits end in an exception of the JDK's. */
        private BigDecimal decimal() throws IOException {
            try {
                return parser.getDecimalValue();
            } catch (NumberFormatException | ArithmeticException e) {
                throw new JsonParseException(parser, "A number is out of range");
            }
        }

        /** Whether no quote ends the string within {@link #LONG} bytes. */
        private boolean isLong(int from) {
            int limit = from + LONG;
            if (limit >= bytes.length) {
                return false;
            }
            for (int i = from + 1; i < limit; i++) {
                if (bytes[i] == '"') {
                    return false;
                }
                if (bytes[i] == '\\') {
                    i++; // an escaped quote ends nothing
                }
            }
            return true;
        }

        /** Between a string's closing quote and the next token stand only white space, commas and colons. */
        private int endOfString() {
            int i = token == null
                    ? bytes.length - 1
                    : (int) parser.currentTokenLocation().getByteOffset() - 1;
            while (bytes[i] != '"') {
                i--;
            }
            return i + 1;
        }
    }
}
