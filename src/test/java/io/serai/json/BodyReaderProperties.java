package io.serai.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The reader of bodies gives the tree that Jackson gives, and writes back the very bytes of a long text. */
final class BodyReaderProperties {
    private final ObjectMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private final BodyReader reader = new BodyReader(json);

    @Property(tries = 300)
    void readsWhatJacksonReads(@ForAll long seed, @ForAll boolean pretty) throws IOException {
        JsonNode tree = tree(new Random(seed), 0);
        byte[] bytes =
                pretty ? json.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree) : json.writeValueAsBytes(tree);
        JsonNode read = reader.read(bytes);
        assertThat(read).isNotNull();
        assertThat(json.writeValueAsBytes(read)).isEqualTo(json.writeValueAsBytes(tree));
        assertThat(read.toString()).isEqualTo(json.readTree(bytes).toString());
    }

    @Property(tries = 300)
    void refusesWhatJacksonRefuses(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = json.writeValueAsBytes(tree(random, 0));
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        JsonNode expected = null;
        try {
            expected = json.readTree(bytes);
        } catch (IOException | NumberFormatException e) {
            // the other one must refuse it too
        }
        if (expected == null || expected.isMissingNode()) {
            assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(IOException.class);
        } else {
            assertThat(String.valueOf(reader.read(bytes))).isEqualTo(expected.toString());
        }
    }

    /** However its characters are spelled: what is not escaped goes into the hash as it came. */
    @Property(tries = 300)
    void aTextHasOneCanonicalForm(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String plain = "plain /'{}[]:,\u007f".repeat(100 + random.nextInt(50));
        int at = random.nextInt(plain.length());
        char one = plain.charAt(at);
        String before = plain.substring(0, at);
        String behind = plain.substring(at + 1);
        String expected = canonical("\"" + plain + "\"");
        assertThat(canonical("\"%s\\u%04x%s\"".formatted(before, (int) one, behind)))
                .isEqualTo(expected);
        assertThat(canonical("\"" + before + "x" + behind + "\"")).isNotEqualTo(expected);
        assertThat(canonical("\"" + before + "\u00e9" + behind + "\""))
                .isEqualTo(canonical("\"" + before + "\\u00E9" + behind + "\""))
                .isNotEqualTo(expected);
    }

    private String canonical(String text) throws IOException {
        byte[] bytes = ("{\"content\":" + text + "}").getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(bytes).path("content")).isInstanceOf(LongText.class);
        String hash = CanonicalJson.sha256((ObjectNode) reader.read(bytes), Set.of());
        assertThat(hash).isEqualTo(CanonicalJson.sha256((ObjectNode) json.readTree(bytes), Set.of()));
        return hash;
    }

    @Test
    void aLongTextIsDecodedWhenSomeoneAsks() throws IOException {
        String text = "a\"\\\n\u00e9\ud83d\ude00".repeat(1000);
        JsonNode read =
                reader.read(json.writeValueAsBytes(json.createObjectNode().put("content", text)));
        assertThat(read).isNotNull();
        assertThat(read.get("content")).isInstanceOf(LongText.class);
        assertThat(read.path("content").asText().equals(text)).isTrue();
        assertThat(read.path("content").isTextual()).isTrue();
        assertThat(json.readTree(read.toString()).path("content").asText().equals(text))
                .isTrue();
    }

    @Test
    void aNumberBeyondAllBoundsIsRefused() {
        byte[] bytes = "{\"seed\":-7e34368199457412391}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void anEmptyBodyIsNothing() throws IOException {
        assertThat(reader.read(new byte[0])).isNull();
    }

    @Test
    void deepNestingIsRefusedAndDoesNotOverflow() {
        byte[] bytes = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(JsonProcessingException.class);
    }

    private JsonNode tree(Random random, int depth) {
        int kind = random.nextInt(depth > 3 ? 6 : 8);
        return switch (kind) {
            case 0 -> json.getNodeFactory().textNode(text(random, 20));
            case 1 -> json.getNodeFactory().textNode(text(random, 4000));
            case 2 -> json.getNodeFactory().numberNode(random.nextLong());
            case 3 -> json.getNodeFactory().numberNode(new java.math.BigDecimal(random.nextInt()).movePointLeft(3));
            case 4 -> json.getNodeFactory().booleanNode(random.nextBoolean());
            case 5 -> json.getNodeFactory().nullNode();
            case 6 -> {
                ArrayNode array = json.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(tree(random, depth + 1));
                }
                yield array;
            }
            default -> {
                ObjectNode object = json.createObjectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(text(random, 10), tree(random, depth + 1));
                }
                yield object;
            }
        };
    }

    private static String text(Random random, int length) {
        String alphabet = "abc \"\\\n\t{}[]:,'/\u00e9\u20ac\ud83d\ude00\u0001";
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(length + 1); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }
}
