package io.serai.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a provider's {@code models}. */
final class DeclaredModels {
    private static final List<String> CONTEXT_KEYS = List.of("context_size", "context_length", "context_window");

    /** What makes a request the request that it is. */
    private static final List<String> NEVER_DEFAULT = List.of("model", "messages", "input", "prompt", "stream");

    private DeclaredModels() {}

    static List<Provider.Model> read(Section provider, Timeouts ofProvider) {
        List<Provider.Model> models = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Section section : provider.list("models")) {
            Provider.Model model = model(section, ofProvider);
            if (model == null) {
                if (!section.has("name")) {
                    section.problem("`name` is missing");
                }
            } else if (model.name().isBlank()) {
                section.problem("name", "must not be empty");
            } else if (names.add(model.name())) {
                models.add(model);
            } else {
                section.problem("name", "the model `" + model.name() + "` stands twice");
            }
        }
        return List.copyOf(models);
    }

    private static Provider.@Nullable Model model(Section section, Timeouts ofProvider) {
        String name = section.text("name");
        Integer contextSize = contextSize(section);
        Timeouts timeouts =
                section.has("timeouts") ? TimeoutsReader.read(section.section("timeouts"), ofProvider) : null;
        Limits limits = LimitsReader.read(section, LimitsReader.OWN, contextSize);
        Map<String, Object> extra = new LinkedHashMap<>(LaterKeys.check(section, LaterKeys.METADATA));
        Permits permits = Permits.read(section);
        Map<String, BigDecimal> prices = extra.get("pricing") instanceof Map<?, ?> said
                ? DeclaredPrices.read(section.section("pricing"), said)
                : Map.of();
        List<PriceRule> priceRules = PriceReader.rules(section);
        Boolean responseCache = section.flag("enable_response_cache");
        if (!priceRules.isEmpty() && prices.isEmpty()) {
            section.problem("price_rules", "hold for the prices of `pricing`, which has none");
        }
        if (extra.get("default_parameters") instanceof Map<?, ?> defaults) {
            NEVER_DEFAULT.stream()
                    .filter(defaults::containsKey)
                    .forEach(key -> section.problem("default_parameters", "`" + key + "` is the client's to say"));
        }
        section.finish();
        return name == null
                ? null
                : new Provider.Model(
                        name,
                        contextSize,
                        timeouts,
                        limits,
                        permits,
                        Collections.unmodifiableMap(prices),
                        priceRules,
                        responseCache,
                        Collections.unmodifiableMap(extra));
    }

    /** The three names of one number; the predecessors' files often hold two of them. */
    static @Nullable Integer contextSize(Section section) {
        Integer size = null;
        for (String key : CONTEXT_KEYS) {
            BigDecimal number = section.number(key, Shape.COUNT);
            if (number == null) {
                continue;
            }
            if (size == null) {
                size = number.intValueExact();
            } else if (size != number.intValueExact()) {
                section.problem(key, "says " + number + " tokens, and another key of the same meaning says " + size);
            }
        }
        return size == null || size == 0 ? null : size;
    }
}
