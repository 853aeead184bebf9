package io.serai.provider.anthropic;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The packed {@code models.yaml}. A fault in it is a fault of the program and throws. */
final class TraitTable {
    private static final String FILE = "models.yaml";

    private final Map<String, ModelTraits> byName = new HashMap<>();

    TraitTable() {
        try (InputStream in = TraitTable.class.getResourceAsStream(FILE)) {
            Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            for (Object entry : list(root, "models")) {
                Map<?, ?> model = (Map<?, ?>) entry;
                ModelTraits traits = read(model);
                list(model, "names").forEach(name -> byName.put((String) name, traits));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }

    /** By the API's own names only: what a name sounds like says nothing. */
    ModelTraits of(String model) {
        return byName.getOrDefault(model, ModelTraits.GENERAL);
    }

    private static ModelTraits read(Map<?, ?> model) {
        return new ModelTraits(
                ModelTraits.Thinking.valueOf(word(model, "thinking")),
                ModelTraits.Off.valueOf(word(model, "off")),
                (Boolean) value(model, "hidden"),
                list(model, "efforts").stream().map(String.class::cast).toList(),
                ModelTraits.Sampling.valueOf(word(model, "sampling")),
                (Boolean) value(model, "forced_tools"),
                (Boolean) value(model, "prefill"),
                (Integer) value(model, "max_output"));
    }

    private static String word(Map<?, ?> model, String key) {
        return ((String) value(model, key)).toUpperCase(Locale.ROOT);
    }

    private static List<?> list(Map<?, ?> model, String key) {
        return (List<?>) value(model, key);
    }

    private static Object value(Map<?, ?> model, String key) {
        Object value = model.get(key);
        if (value == null) {
            throw new IllegalStateException(FILE + ": no `" + key + "` in " + model);
        }
        return value;
    }
}
