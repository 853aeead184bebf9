package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Prices;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the jar's own {@code models.yaml} promises. That an operator's wrong one is refused stands in ModelsFileTest. */
class ShippedCatalogueTest {
    private static final Pattern SOURCE = Pattern.compile("(https://\\S+|\\p{L}.{5,}), (\\d{4}-\\d{2}-\\d{2})");

    private final Catalogue catalogue = load();

    @Test
    void itHas37NamesForChatAndFourForAudio() {
        assertThat(names(true)).hasSize(37);
        assertThat(names(false)).containsExactlyInAnyOrder("tts-1", "tts-1-hd", "whisper-1", "whisper-large-v3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt4o",
                "deepseek-chat",
                "gpt-5\\.2",
                "o3-mini",
                "claude-[a-z]+-4\\.\\d",
                "gemini-3[.-].+",
                "grok-4\\.1.*",
                "kimi-k2\\.5"
            })
    void itHasEveryFamilyThatIsPromised(String pattern) {
        assertThat(names(true)).anyMatch(n -> n.matches(pattern));
    }

    @Test
    void whisperGoesFirstToGroqThenToSambanovaThenToOpenai() {
        List<Catalogue.Backend> backends = entry("whisper-1").backends();
        assertThat(backends).extracting(Catalogue.Backend::provider).containsExactly("groq", "sambanova", "openai");
        assertThat(backends.get(0).prices().get("per_hour_cost")).isEqualByComparingTo("0.111");
        assertThat(backends.get(2).prices().get("per_minute_cost")).isEqualByComparingTo("0.006");
    }

    @Test
    void everyBackendSaysWhereItsPricesStandAndOnWhichDay() {
        for (Catalogue.Entry entry : catalogue.models().values()) {
            assertThat(entry.backends()).as(entry.name()).isNotEmpty();
            for (Catalogue.Backend backend : entry.backends()) {
                String where = entry.name() + " at " + backend.provider() + ": " + backend.source();
                Matcher source = SOURCE.matcher(String.valueOf(backend.source()));
                assertThat(source.matches()).as(where).isTrue();
                assertThat(LocalDate.parse(source.group(2))).as(where).isAfter(LocalDate.of(2026, 1, 1));
                assertThat(backend.prices()).as(where).isNotEmpty();
            }
        }
    }

    /** "2x input and 1.5x output for standard, batch, and flex": https://developers.openai.com/api/docs/models/gpt-5.4 */
    @ParameterizedTest
    @CsvSource({"gpt-5.5, 0.000005, 0.0000225, 0.0000005", "gpt-5.4, 0.0000025, 0.00001125, 0.00000025"})
    void aLongPromptCostsMoreInTheFlexTierToo(String model, String input, String output, String cached) {
        Catalogue.Backend openai = entry(model).backends().get(0);

        Prices prices = new Prices(openai.each(), openai.rules())
                .under(new Prices.Circumstances(272_001, "flex", null, null, Instant.EPOCH));

        assertThat(prices.of(Prices.INPUT)).isEqualByComparingTo(input);
        assertThat(prices.of(Prices.OUTPUT)).isEqualByComparingTo(output);
        assertThat(prices.of(Prices.CACHE_READ)).isEqualByComparingTo(cached);
    }

    /** "$0.50 (text / image / video) $1.00 (audio)", "$1.50": https://ai.google.dev/gemini-api/docs/pricing */
    @ParameterizedTest
    @CsvSource({"gemini-3-flash, 0.000001", "gemini-3.1-flash-lite, 0.0000005", "gemini-3.5-flash, 0.0000015"})
    void geminisOlderFlashModelsTakeTwiceAsMuchForAudio(String model, String audio) {
        Map<String, BigDecimal> prices = entry(model).backends().get(0).each();

        assertThat(prices.get(Prices.AUDIO_INPUT)).isEqualByComparingTo(audio);
    }

    @Test
    void everyBackendIsAtAWellKnownProvider() {
        Presets presets = Presets.packed();
        for (Catalogue.Entry entry : catalogue.models().values()) {
            assertThat(entry.backends())
                    .as(entry.name())
                    .allSatisfy(b -> assertThat(presets.of(b.provider()))
                            .as(b.provider())
                            .isNotNull());
        }
    }

    /** Read without the project's own reader; a key that stands twice makes this fail too. */
    @Test
    void whatCostsNothingIsMarkedAsFreeInTheFile() {
        String text = Objects.requireNonNull(ConfigFiles.Shipped.CLASS_PATH.text("models.yaml"));
        LoadSettings settings =
                LoadSettings.builder().setAllowDuplicateKeys(false).build();
        Map<?, ?> models = map(map(new Load(settings).loadFromString(text)).get("models"));
        assertThat(models.keySet()).hasSize(41).hasSameSizeAs(catalogue.models().keySet());
        List<String> free = new ArrayList<>();
        List<String> unmarked = new ArrayList<>();
        models.forEach((name, model) -> {
            for (Object item : (List<?>) Objects.requireNonNull(map(model).get("backends"))) {
                Map<?, ?> backend = map(item);
                boolean marked = Boolean.TRUE.equals(backend.get("free"))
                        || Boolean.TRUE.equals(map(model).get("free"));
                backend.forEach((key, value) -> {
                    if (key.toString().endsWith("_cost") && new BigDecimal(value.toString()).signum() <= 0) {
                        (marked ? free : unmarked).add(name + " at " + backend.get("provider") + " " + key);
                    }
                });
            }
        });
        assertThat(unmarked).isEmpty();
        assertThat(free).contains("whisper-1 at sambanova per_hour_cost"); // so the look finds what there is
    }

    private Catalogue.Entry entry(String name) {
        return Objects.requireNonNull(catalogue.models().get(name));
    }

    private List<String> names(boolean chat) {
        return catalogue.models().values().stream()
                .filter(e -> e.chats() == chat)
                .map(Catalogue.Entry::name)
                .toList();
    }

    private static Map<?, ?> map(Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<?, ?>) value;
    }

    private static Catalogue load() {
        try {
            return new ConfigLoader()
                    .load(new ConfigSource(null, Map.of(), Map.of()))
                    .catalogue();
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
