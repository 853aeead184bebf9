package io.serai.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads {@code serai.batching.provider-settings}: {@code {openai: {enabled: true, max_batch_size: 10, window_ms: 50}}} on one
 * line, YAML or JSON, as AISBF's file has it. What a provider does not say is as for every other.
 */
final class BatchingReader {
    /** A longer window is no batching of requests at the same moment, and embeddings would wait for it. */
    static final int LONGEST_MS = 60_000;
    /** OpenAI's limit of inputs: https://platform.openai.com/docs/api-reference/embeddings/create. */
    static final int LARGEST = 2048;

    private final SettingValues values;

    BatchingReader(SettingValues values) {
        this.values = values;
    }

    Map<String, Settings.Batching.Rule> read(String key, Settings.Batching.Rule every) {
        SettingValues.Value value = values.of(key);
        Map<String, Settings.Batching.Rule> rules = new LinkedHashMap<>();
        if (value.text().isEmpty()) {
            return rules;
        }
        Object tree;
        try {
            tree = new Load(LoadSettings.builder().build()).loadFromString(value.text());
        } catch (YamlEngineException e) {
            tree = null;
        }
        if (!(tree instanceof Map<?, ?> providers)) {
            values.problem(
                    value, "expected providers and their settings: `{openai: {enabled: true, max_batch_size: 10}}`");
            return rules;
        }
        providers.forEach((id, said) -> {
            if (said instanceof Map<?, ?> fields) {
                rules.put(String.valueOf(id), rule(value, fields, every));
            } else {
                values.problem(value, "expected settings for each provider, in braces");
            }
        });
        return rules;
    }

    private Settings.Batching.Rule rule(SettingValues.Value value, Map<?, ?> fields, Settings.Batching.Rule every) {
        boolean enabled = every.enabled();
        Duration window = every.window();
        int size = every.maxSize();
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            Object said = field.getValue();
            String name = String.valueOf(field.getKey()).replace('-', '_');
            switch (name) {
                case "enabled" -> enabled = said instanceof Boolean flag ? flag : wrong(value, name, enabled);
                case "window_ms" ->
                    window = within(said, LONGEST_MS) instanceof Integer ms
                            ? Duration.ofMillis(ms)
                            : wrong(value, name, window);
                case "max_batch_size" ->
                    size = within(said, LARGEST) instanceof Integer most ? most : wrong(value, name, size);
                default ->
                    values.problem(value, "a provider has enabled, window_ms and max_batch_size, and nothing else");
            }
        }
        return new Settings.Batching.Rule(enabled, window, size);
    }

    private static @Nullable Integer within(@Nullable Object said, int most) {
        return said instanceof Integer number && number >= 1 && number <= most ? number : null;
    }

    private <T> T wrong(SettingValues.Value value, String name, T instead) {
        values.problem(
                value,
                name + ": expected "
                        + switch (name) {
                            case "enabled" -> "true or false";
                            case "window_ms" -> "milliseconds from 1 to " + LONGEST_MS;
                            default -> "a number from 1 to " + LARGEST;
                        });
        return instead;
    }
}
