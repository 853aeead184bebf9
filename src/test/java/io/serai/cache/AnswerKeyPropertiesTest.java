package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Operation;
import io.serai.json.BodyReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Requests that say the same have one key, however they are written; those that differ in anything that matters have not. */
class AnswerKeyPropertiesTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final BodyReader READER = new BodyReader(JSON);
    private static final Caller CALLER = new Caller("0a1b2c", "192.0.2.1", false, false);
    private static final Ways.Way WAY = new Ways.Way(0, List.of(), "acme openai http://acme m null");

    @Property(tries = 500)
    void howItIsWrittenMakesNoDifference(@ForAll Random random) throws Exception {
        ObjectNode body = body(random);

        assertThat(key(read(written(body, random)))).isEqualTo(key(read(written(body, random))));
    }

    @Property(tries = 500)
    void whatItSaysDoes(@ForAll Random random) throws Exception {
        ObjectNode body = body(random);
        ObjectNode other = body.deepCopy();
        change(other, random);

        assertThat(key(read(written(other, random)))).isNotEqualTo(key(read(written(body, random))));
    }

    @Example
    void whetherItComesAsAStreamMakesNoDifference() throws Exception {
        String plain = "{\"model\":\"acme/m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        String streamed = plain.replaceFirst("\\{", "{\"stream\":true,\"stream_options\":{\"include_usage\":true},");

        assertThat(key(read(streamed))).isEqualTo(key(read(plain)));
    }

    @Example
    void aStreamOptionOfAMessageIsNoStreamOption() throws Exception {
        String one = "{\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"stream\":true}]}";

        assertThat(key(read(one))).isNotEqualTo(key(read(one.replace("true", "false"))));
    }

    @Example
    void whoAsksAndWhereItGoesDo() throws Exception {
        ObjectNode body = read("{\"messages\":[]}");
        AnswerKey keys = new AnswerKey("p:", false);
        List<CacheKey> all = List.of(
                keys.of(call(body, CALLER, "acme/m"), WAY),
                keys.of(call(body, new Caller("ffffff", "192.0.2.1", false, false), "acme/m"), WAY),
                keys.of(call(body, new Caller("0a1b2c", "192.0.2.1", true, false), "acme/m"), WAY),
                keys.of(call(body, Caller.unknown("192.0.2.1", true), "acme/m"), WAY),
                keys.of(call(body, Caller.unknown("192.0.2.2", true), "acme/m"), WAY),
                keys.of(call(body, CALLER, "rotation/m"), WAY),
                keys.of(call(body, CALLER, "acme/m"), new Ways.Way(0, List.of(), "acme openai http://other m null")));

        assertThat(all).doesNotHaveDuplicates();
        assertThat(keys.of(call(body, new Caller("0a1b2c", "192.0.2.9", false, false), "acme/m"), WAY))
                .as("a key is the same from anywhere")
                .isEqualTo(all.get(0));
        assertThat(keys.of(call(body, Caller.unknown("192.0.2.1", true), "acme/m"), WAY))
                .as("without a key an address is the same each time")
                .isEqualTo(all.get(3));
        AnswerKey shared = new AnswerKey("p:", true);
        assertThat(shared.of(call(body, CALLER, "acme/m"), WAY))
                .isEqualTo(shared.of(call(body, Caller.unknown("192.0.2.2", true), "acme/m"), WAY));
    }

    private static String key(ObjectNode body) {
        return new AnswerKey("p:", false).of(call(body, CALLER, "acme/m"), WAY).hash();
    }

    private static Call call(ObjectNode body, Caller caller, String model) {
        Call call = new Call("req_1", "/v1/chat/completions", caller, null, "");
        call.admitted(Operation.CHAT, body, 0, model, false, false);
        return call;
    }

    private static ObjectNode read(String text) throws IOException {
        return (ObjectNode) Objects.requireNonNull(READER.read(text.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- bodies

    private static ObjectNode body(Random random) {
        ObjectNode body = JSON.createObjectNode();
        for (String field : List.of(
                "messages", "tools", "response_format", "seed", "temperature", "top_p", "stop", "user", "x_extra")) {
            if (field.equals("messages") || random.nextBoolean()) {
                body.set(field, value(random, 4));
            }
        }
        return body;
    }

    private static JsonNode value(Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0:
                return JSON.getNodeFactory().nullNode();
            case 1:
                return JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2:
                return JSON.getNodeFactory().numberNode(random.nextInt(2000) - 1000);
            case 3:
                return JSON.getNodeFactory().numberNode(BigDecimal.valueOf(random.nextInt(100_000), random.nextInt(8)));
            case 4:
                return JSON.getNodeFactory().textNode(text(random, 2000)); // some are kept as bytes
            case 5:
                return JSON.getNodeFactory().textNode(text(random, 8));
            case 6:
                ArrayNode array = JSON.createArrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                return array;
            default:
                ObjectNode object = JSON.createObjectNode();
                for (int i = random.nextInt(5); i > 0; i--) {
                    object.set(text(random, 6), value(random, depth - 1));
                }
                return object;
        }
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(6)) {
                        case 0 -> '"';
                        case 1 -> '\\';
                        case 2 -> 0x1F600 + random.nextInt(50);
                        case 3 -> '\n';
                        default -> 'a' + random.nextInt(26);
                    });
        }
        return text.toString();
    }

    /** Something else somewhere. */
    private static void change(ObjectNode body, Random random) {
        List<String> fields = new ArrayList<>();
        body.fieldNames().forEachRemaining(fields::add);
        String field = fields.get(random.nextInt(fields.size()));
        JsonNode before = body.get(field);
        switch (random.nextInt(4)) {
            case 0 -> body.remove(field);
            case 1 -> body.put("another", 1);
            case 2 -> body.set(field, JSON.createArrayNode().add(before));
            default -> {
                if (before instanceof ObjectNode object && !object.isEmpty()) {
                    change(object, random);
                } else {
                    body.put(field, before.asText() + "!");
                }
            }
        }
    }

    // ---- ways to write them

    private static String written(JsonNode node, Random random) throws IOException {
        String gap = random.nextInt(4) == 0 ? " \n" : "";
        if (node.isObject()) {
            List<String> fields = new ArrayList<>();
            node.fieldNames().forEachRemaining(fields::add);
            Collections.shuffle(fields, random);
            StringBuilder out = new StringBuilder("{");
            for (String field : fields) {
                out.append(out.length() > 1 ? "," : "")
                        .append(gap)
                        .append(string(field, random))
                        .append(gap)
                        .append(':')
                        .append(written(node.get(field), random));
            }
            return out.append(gap).append('}').toString();
        }
        if (node.isArray()) {
            StringBuilder out = new StringBuilder("[");
            for (JsonNode item : node) {
                out.append(out.length() > 1 ? "," : "").append(gap).append(written(item, random));
            }
            return out.append(']').toString();
        }
        if (node.isNumber()) {
            return number(node.decimalValue(), random);
        }
        return node.isTextual() ? string(node.textValue(), random) : node.toString();
    }

    private static String number(BigDecimal number, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> number.toPlainString();
            case 1 -> number.setScale(Math.max(0, number.scale()) + 2).toPlainString();
            case 2 -> number.unscaledValue() + "e" + -number.scale();
            default -> number.stripTrailingZeros().toString();
        };
    }

    private static String string(String text, Random random) throws IOException {
        if (random.nextBoolean()) {
            return JSON.writeValueAsString(text);
        }
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            out.append(String.format("\\u%04x", (int) c));
        }
        return out.append('"').toString();
    }
}
