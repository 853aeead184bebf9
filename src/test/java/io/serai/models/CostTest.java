package io.serai.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Cost;
import io.serai.call.Prices;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What requests cost at vendors' published prices: a table worked out by hand, from the file of prices to the sum. */
class CostTest {
    private static final Instant NO_MATTER_WHEN = Instant.parse("2026-08-03T12:00:00Z");

    @TempDir
    static Path folder;

    private static Snapshot snapshot;
    private static ModelTable table;

    @BeforeAll
    static void load() throws Exception {
        try (InputStream in = CostTest.class.getResourceAsStream("/cost/models.yaml")) {
            Files.write(folder.resolve("models.yaml"), in.readAllBytes());
        }
        StringBuilder providers = new StringBuilder("providers:\n");
        for (String id : "openai anthropic google xai deepseek groq perplexity azure openrouter acme".split(" ")) {
            providers
                    .append("  ")
                    .append(id)
                    .append(": {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k}\n");
        }
        Files.writeString(folder.resolve("providers.yaml"), providers);
        snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        table = new ModelTable(snapshot, new ModelLists(Clock.systemUTC()));
    }

    static Stream<Arguments> cases() throws IOException {
        try (InputStream in = CostTest.class.getResourceAsStream("/cost/cases.yaml")) {
            Object read = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            JsonNode list = new ObjectMapper().valueToTree(read);
            return StreamSupport.stream(list.spliterator(), false)
                    .map(c -> Arguments.of(
                            c.path("model").asText() + ": " + c.path("used").asText(), c));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void costsWhatTheVendorsPriceListSays(String name, ObjectNode given) {
        var backend = snapshot.catalogue()
                .models()
                .get(given.path("model").asText())
                .backends()
                .get(0);
        Provider provider = snapshot.providers().get(backend.provider());
        Usage usage = usage(given.path("used").asText());

        Cost cost = Cost.of(
                usage,
                table.prices(provider, backend.model(), backend.model())
                        .under(new Prices.Circumstances(
                                usage.input(),
                                given.path("tier").textValue(),
                                given.path("quality").textValue(),
                                given.path("size").textValue(),
                                given.has("at") ? Instant.parse(given.path("at").asText()) : NO_MATTER_WHEN)));

        String expected = given.path("usd").asText();
        if (expected.equals("unpriced")) {
            assertThat(cost.usd()).isNull();
        } else {
            assertThat(cost.usd()).isEqualByComparingTo(new BigDecimal(expected));
        }
        assertThat(cost.estimated()).isEqualTo(given.path("guess").asBoolean());
    }

    private static Usage usage(String said) {
        Usage.Builder usage = new Usage.Builder();
        for (String each : said.isEmpty() ? new String[0] : said.split(" ")) {
            String[] pair = each.split("=");
            long count = pair.length > 1 ? Long.parseLong(pair[1]) : 0;
            switch (pair[0]) {
                case "in_fresh" -> usage.inFresh(count);
                case "in_cache_read" -> usage.inCacheRead(count);
                case "in_cache_write_5m" -> usage.inCacheWrite5m(count);
                case "in_cache_write_1h" -> usage.inCacheWrite1h(count);
                case "in_audio" -> usage.inAudio(count);
                case "in_image" -> usage.inImage(count);
                case "out_text" -> usage.outText(count);
                case "out_reasoning" -> usage.outReasoning(count);
                case "out_audio" -> usage.outAudio(count);
                case "out_image" -> usage.outImage(count);
                case "web_searches" -> usage.webSearches(count);
                case "audio_ms" -> usage.audioMs(count);
                case "characters" -> usage.characters(count);
                case "images" -> usage.images(count);
                case "estimated" -> usage.estimated();
                default -> throw new IllegalArgumentException(each);
            }
        }
        return usage.build();
    }
}
