package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.serai.json.BodyReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LengthTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Tokens GPT = new Tokenizers().named("gpt-4o");
    private static final Tokens CLAUDE = new Tokenizers().named("claude-sonnet-4-6");

    @Test
    void whatIsFarBelowALimitIsNotCounted() {
        Length length = Length.ofChat(saying("Good morning. ".repeat(100)));

        assertThat(length.isAbove(128_000, () -> GPT)).isFalse();
        assertThat(length.isCounted()).isFalse();
    }

    @Test
    void whatIsNearIsCounted() {
        Length length = Length.ofChat(saying("Good morning. ".repeat(100))); // three tokens each

        assertThat(length.isAbove(400, () -> GPT)).isFalse();
        assertThat(length.isAbove(300, () -> GPT)).isTrue();
        assertThat(length.isCounted()).isTrue();
    }

    @Test
    void noTextHasMoreTokensThanWhatIsTakenForFar() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            ObjectNode body = saying(random.ints(random.nextInt(500), 1, 0xd800)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
            body.set(
                    "tools",
                    JSON.readTree(
                            "[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":{\"properties\":"
                                    + "{\"x\":{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\"},{\"enum\":[1,2]}]}}}}}}]"));
            for (Tokens model : List.of(GPT, CLAUDE)) {
                long tokens = model.ofChat(body);

                assertThat(Length.ofChat(body).isAbove(tokens - 1, () -> model)).isTrue();
            }
        }
    }

    @Test
    void aPictureIsNoText() throws Exception {
        String png = "iVBORw0KGgoAAAANSUhEUgAABAAAAAQA" + "A".repeat(4_000_000); // 1024 by 1024
        JsonNode body = read("""
                {"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},
                 {"type":"image_url","image_url":{"url":"data:image\\/png;base64,%s"}}]}]}""".formatted(png));

        assertThat(Length.ofChat(body).in(GPT)).isBetween(765L + 5, 765L + 20);
        assertThat(Length.ofChat(body).guess()).isLessThan(1000);
    }

    @Test
    void aSoundCountsByItsLength() throws Exception {
        byte[] wav = new byte[44 + 32_000 * 10]; // ten seconds at 16 bits and 16 kHz
        wav[29] = 0x7d;
        String data = java.util.Base64.getEncoder().encodeToString(wav);
        JsonNode body = read("""
                {"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav","data":"%s"}}]}]}""".formatted(data));

        assertThat(Length.ofChat(body).in(new Tokenizers().named("gemini-2.5-flash")))
                .isCloseTo(330, within(5L));
    }

    @Test
    void aTextThatWasCountedBeforeIsNotCountedAgain() throws Exception {
        List<String> counted = new ArrayList<>();
        TextCounts texts = new TextCounts((vocabulary, text) -> {
            counted.add(text);
            return text.length();
        });
        JsonNode asItCame = read("[\"" + "It is long. ".repeat(100) + "\"]").get(0);
        JsonNode asItIs = TextNode.valueOf("Not so long. ".repeat(20));

        for (int i = 0; i < 3; i++) {
            assertThat(texts.of(Vocabulary.O200K_BASE, asItCame)).isEqualTo(1200);
            assertThat(texts.of(Vocabulary.O200K_BASE, asItIs)).isEqualTo(260);
        }
        texts.of(Vocabulary.CL100K_BASE, asItIs);

        assertThat(counted).hasSize(3);
    }

    private static ObjectNode saying(String text) {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    private static JsonNode read(String json) throws Exception {
        return new BodyReader(JSON).read(json.getBytes(StandardCharsets.UTF_8));
    }
}
