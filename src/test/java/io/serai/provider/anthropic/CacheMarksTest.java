package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Where the broker marks what the vendor's prompt cache is to keep. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheMarksTest {
    private static final String LONG = "word ".repeat(2000);
    private static final String TOOL = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}},"
            + "{\"type\":\"function\",\"function\":{\"name\":\"b\",\"description\":\"" + LONG + "\"}}]";

    private AnthropicBroker vendor;

    @BeforeAll
    void start() throws Exception {
        vendor = new AnthropicBroker("enable_native_caching: true");
    }

    @AfterAll
    void stop() throws Exception {
        vendor.close();
    }

    private static String message(String role, String text) {
        return "{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}";
    }

    private static String conversation(String... messages) {
        return "\"messages\":[" + String.join(",", messages) + "]";
    }

    /** The pointers to every mark. */
    private static List<String> marks(JsonNode sent) {
        List<String> found = new ArrayList<>();
        find("", sent, found);
        return found;
    }

    private static void find(String path, JsonNode node, List<String> found) {
        if (node.has("cache_control")) {
            found.add(path);
        }
        if (node.isObject()) {
            node.properties().forEach(e -> find(path + "/" + e.getKey(), e.getValue(), found));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            find(path + "/" + i, node.get(i), found);
        }
    }

    @Test
    void theLastToolTheLastSystemBlockAndTheLastTwoMessagesBeforeTheNewestAreMarked() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                TOOL + ","
                        + conversation(
                                message("system", "One."),
                                message("system", "Two."),
                                message("user", "a"),
                                message("assistant", "b"),
                                message("user", "c"),
                                message("assistant", "d"),
                                message("user", "e")));

        assertThat(marks(sent))
                .containsExactlyInAnyOrder("/tools/1", "/system/1", "/messages/2/content/0", "/messages/3/content/0");
        assertThat(sent.at("/system/1/cache_control")).isEqualTo(AnthropicBroker.json("{\"type\":\"ephemeral\"}"));
    }

    @Test
    void aShorterPrefixIsNotMarked() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\"}}],"
                        + conversation(
                                message("system", "Short."),
                                message("user", "short"),
                                message("assistant", LONG),
                                message("user", "and?")));

        assertThat(marks(sent)).containsExactly("/messages/1/content/0");
    }

    @Test
    void aPictureDoesNotMakeAPrefixLong() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                conversation(
                        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                                + "A".repeat(20_000) + "\"}}]}",
                        message("assistant", "A dot."),
                        message("user", "and?")));

        assertThat(marks(sent)).isEmpty();
    }

    @Test
    void theFirstMessageOfAConversationIsNotPaidForAsAWrite() throws Exception {
        assertThat(marks(vendor.sent("m", conversation(message("user", LONG))))).isEmpty();
    }

    @Test
    void aClientsOwnMarkAnywhereMeansThatNoneIsAdded() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                TOOL + ","
                        + conversation(
                                message("system", LONG),
                                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"type\":\"ephemeral\"}}]}"));

        assertThat(marks(sent)).containsExactly("/messages/0/content/0");
    }

    @Test
    void aClientThatLeavesItToTheVendorIsNotOverruled() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                "\"cache_control\":{\"type\":\"ephemeral\"},"
                        + conversation(message("system", LONG), message("user", "a")));

        assertThat(marks(sent)).containsExactly("");
    }

    @Test
    void aClientsMarkWithinAToolsResultCountsToo() throws Exception {
        String call = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\","
                + "\"function\":{\"name\":\"b\",\"arguments\":\"{}\"}}]}";
        String result = "{\"role\":\"tool\",\"tool_call_id\":\"t\",\"content\":[{\"type\":\"text\",\"text\":\"a\","
                + "\"cache_control\":{\"type\":\"ephemeral\"}}]}";

        JsonNode sent = vendor.sent("m", TOOL + "," + conversation(message("user", LONG), call, result));

        assertThat(marks(sent)).hasSize(1).first().asString().startsWith("/messages/2/");
    }

    @Test
    void thinkingBearsNoMark() throws Exception {
        JsonNode sent = vendor.sent(
                "m",
                conversation(
                        message("user", LONG),
                        "{\"role\":\"assistant\",\"content\":null,\"thinking_blocks\":[{\"type\":\"thinking\","
                                + "\"thinking\":\"Hm.\",\"signature\":\"EosnCkYICxIMMb3LzNrMu==\"}]}",
                        message("user", "c")));

        assertThat(sent.at("/messages/1/content/0/type").asText()).isEqualTo("thinking");
        assertThat(marks(sent)).containsExactly("/messages/0/content/0");
    }

    @Test
    void theClientsOwnRequestIsNotChangedForTheNextProvider() throws Exception {
        String tool = "{\"type\":\"web_search_20250305\",\"name\":\"web_search\",\"user_location\":{\"city\":\"" + LONG
                + "\"}}";
        vendor.stub()
                .enqueue(io.serai.stub.AnthropicRules.error(
                        400, "invalid_request_error", "top_k: Extra inputs are not permitted"));

        JsonNode sent = vendor.sent("m", "\"top_k\":1,\"tools\":[" + tool + "]," + conversation(message("user", "a")));

        // the second attempt would have found the first one's mark, taken it for the client's, and added none
        assertThat(marks(sent)).containsExactly("/tools/0");
    }

    @Test
    void anHourIsSaidWhereItIsWanted() throws Exception {
        try (AnthropicBroker hour =
                new AnthropicBroker("enable_native_caching: true", "cache_ttl: 3600", "min_cacheable_tokens: 1")) {
            JsonNode sent =
                    hour.sent("m", conversation(message("system", "Rules of the house."), message("user", "a")));

            assertThat(sent.at("/system/0/cache_control"))
                    .isEqualTo(AnthropicBroker.json("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}"));
        }
    }

    @Test
    void nothingIsMarkedUnlessItIsSwitchedOn() throws Exception {
        try (AnthropicBroker off = new AnthropicBroker()) {
            assertThat(marks(off.sent("m", conversation(message("system", LONG), message("user", "a")))))
                    .isEmpty();
        }
    }
}
