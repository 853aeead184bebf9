package io.serai.config;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a model's {@code backends} and puts them in the order in which they are tried. */
final class BackendReader {
    private static final BigDecimal UNKNOWN = BigDecimal.valueOf(Long.MAX_VALUE);
    /** What a free backend costs nothing for; no other kind of usage goes without one of these. */
    private static final List<String> FREE = List.of(
            "input_cost", "output_cost", "per_minute_cost", "per_image_cost", "per_character_cost", "per_search_cost");

    private final Optional<Map<String, Set<String>>> providers;

    /** @param providers the models that each declares (an empty set takes any); empty: names of providers are not checked */
    BackendReader(Optional<Map<String, Set<String>>> providers) {
        this.providers = providers;
    }

    List<Catalogue.Backend> read(Section model, boolean freeModel) {
        record Priced(Catalogue.Backend backend, BigDecimal cost) {}
        List<Priced> backends = new ArrayList<>();
        for (Section section : model.list("backends")) {
            String provider = section.text("provider");
            String name = section.text("model_id");
            Integer priority = section.count("priority");
            boolean free = section.flag("free", false) || freeModel;
            Map<String, BigDecimal> prices = prices(section, free);
            List<PriceRule> rules = PriceReader.rules(section);
            String source = section.text("source");
            section.finish();
            if (provider == null || name == null) {
                missing(section, "provider");
                missing(section, "model_id");
            } else if (known(section, provider, name)) {
                Catalogue.Backend backend = new Catalogue.Backend(
                        provider,
                        name,
                        priority == null ? 1 : priority,
                        Collections.unmodifiableMap(prices),
                        rules,
                        source);
                backends.add(new Priced(backend, cost(prices)));
            }
        }
        return backends.stream()
                .sorted(Comparator.<Priced>comparingInt(p -> p.backend().priority())
                        .thenComparing(Priced::cost))
                .map(Priced::backend)
                .toList();
    }

    private static void missing(Section section, String key) {
        if (!section.has(key)) {
            section.problem("`" + key + "` is missing");
        }
    }

    private boolean known(Section section, String provider, String model) {
        if (providers.isEmpty()) {
            return true;
        }
        Set<String> declared = providers.get().get(provider);
        if (declared == null) {
            section.problem(
                    "provider",
                    "no provider is called `" + provider + "`"
                            + Suggestion.of(provider, providers.get().keySet()) + leftOut(section));
            return false;
        }
        if (!declared.isEmpty() && !declared.contains(model)) {
            section.problem(
                    "model_id",
                    "`" + provider + "` declares its models, and `" + model + "` is not among them"
                            + Suggestion.of(model, declared) + leftOut(section));
            return false;
        }
        return true;
    }

    private static String leftOut(Section section) {
        return section.report().strict() ? "" : "; this backend is left out";
    }

    private static Map<String, BigDecimal> prices(Section section, boolean free) {
        Map<String, BigDecimal> prices = PriceReader.prices(section);
        // what a forgotten price looks like; that only output or cache writes cost nothing is common and true
        boolean nothing = !prices.isEmpty() && prices.values().stream().allMatch(p -> p.signum() == 0);
        BigDecimal input = prices.get("input_cost");
        if (section.report().strict() && !free && (nothing || input != null && input.signum() == 0)) {
            section.problem(
                    input != null ? "input_cost" : prices.keySet().iterator().next(),
                    "is zero; say the price, or `free: true` if it costs nothing");
        }
        if (free) {
            FREE.forEach(key -> prices.putIfAbsent(key, BigDecimal.ZERO));
        }
        return prices;
    }

    /** To compare backends of one model, which are priced alike. One without a price comes last: it may cost anything. */
    private static BigDecimal cost(Map<String, BigDecimal> prices) {
        BigDecimal tokens = sum(prices, "input_cost", "output_cost");
        if (tokens != null) {
            return tokens;
        }
        BigDecimal minute = prices.get("per_minute_cost");
        BigDecimal hour = prices.get("per_hour_cost");
        if (minute != null) {
            return minute;
        }
        if (hour != null) {
            return hour.divide(BigDecimal.valueOf(60), MathContext.DECIMAL64);
        }
        BigDecimal other = sum(prices, "per_image_cost", "per_character_cost");
        return other != null ? other : UNKNOWN;
    }

    private static @Nullable BigDecimal sum(Map<String, BigDecimal> prices, String one, String two) {
        BigDecimal a = prices.get(one);
        BigDecimal b = prices.get(two);
        return a == null ? b : b == null ? a : a.add(b);
    }
}
