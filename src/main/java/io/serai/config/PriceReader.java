package io.serai.config;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the prices of a catalogue's backend: {@code *_cost} in US dollars, and {@code price_rules} where they differ. */
final class PriceReader {
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final int LETTERS_OF_A_DAY = 3;

    /** The keys of the file for a million tokens, and what each is called where it is for one. */
    private static final Map<String, String> A_MILLION = names(
            "input_cost", "prompt",
            "output_cost", "completion",
            "cache_read_cost", "input_cache_read",
            "cache_write_cost", "input_cache_write",
            "cache_write_1h_cost", "input_cache_write_1h",
            "reasoning_cost", "internal_reasoning",
            "audio_input_cost", "audio",
            "audio_output_cost", "audio_output",
            "image_input_cost", "image_token",
            "image_output_cost", "image_output");

    private static final Map<String, String> A_PIECE = names(
            "per_minute_cost", "minute",
            "per_hour_cost", "hour",
            "per_image_cost", "image",
            "per_character_cost", "character",
            "per_request_cost", "request",
            "per_search_cost", "web_search");

    private PriceReader() {}

    /** As they are written, by their keys. */
    static Map<String, BigDecimal> prices(Section section) {
        Map<String, BigDecimal> prices = new LinkedHashMap<>();
        for (Map<String, String> names : List.of(A_MILLION, A_PIECE)) {
            for (String key : names.keySet()) {
                BigDecimal price = section.number(key, Shape.NUMBER);
                if (price != null) {
                    prices.put(key, price);
                }
            }
        }
        return prices;
    }

    /** The same in US dollars for one, by the names of {@link io.serai.call.Prices}. */
    static Map<String, BigDecimal> each(Map<String, BigDecimal> prices) {
        Map<String, BigDecimal> each = new LinkedHashMap<>();
        prices.forEach((key, price) -> {
            String ofTokens = A_MILLION.get(key);
            if (ofTokens != null) {
                each.put(ofTokens, price.divide(MILLION).stripTrailingZeros());
            } else {
                each.put(A_PIECE.getOrDefault(key, key), price);
            }
        });
        return each;
    }

    /** In the order of the file; where several hold, later ones have the last word, and factors multiply. */
    static List<PriceRule> rules(Section section) {
        List<PriceRule> rules = new ArrayList<>();
        for (Section rule : section.list("price_rules")) {
            Integer above = rule.count("above");
            Integer from = rule.count("from");
            String tier = rule.text("service_tier");
            String quality = rule.text("quality");
            String size = rule.text("size");
            boolean timed = rule.has("hours");
            PriceRule.Hours hours = hours(rule);
            BigDecimal factor = rule.number("factor", Shape.NUMBER);
            Map<String, BigDecimal> usd = prices(rule);
            rule.finish();
            if (above == null && from == null && tier == null && quality == null && size == null && !timed) {
                rule.problem("a rule needs a condition: above, from, service_tier, quality, size or hours");
            } else if (above != null && from != null) {
                rule.problem("from", "`above` is there too; say one of them");
            } else if (factor == null && usd.isEmpty()) {
                rule.problem("a rule needs a `factor` or a price");
            }
            rules.add(new PriceRule(
                    above != null ? above + 1L : from != null ? from : 0,
                    tier,
                    quality,
                    size,
                    hours,
                    factor == null ? BigDecimal.ONE : factor,
                    Map.copyOf(each(usd))));
        }
        return List.copyOf(rules);
    }

    /** {@code hours: "16:30-00:30"} and {@code days: [mon, tue]}; without days on every one. */
    private static PriceRule.@Nullable Hours hours(Section rule) {
        String written = rule.text("hours");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String day : rule.texts("days")) {
            DayOfWeek found = day(day);
            if (found == null) {
                rule.problem("days", "`" + day + "` is no day; they are mon, tue, wed, thu, fri, sat, sun");
            } else {
                days.add(found);
            }
        }
        if (written == null) {
            return null;
        }
        try {
            String[] ends = written.split("-", 2);
            if (ends.length == 2) {
                return new PriceRule.Hours(
                        LocalTime.parse(ends[0].strip()),
                        LocalTime.parse(ends[1].strip()),
                        days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days);
            }
        } catch (DateTimeParseException e) {
            // told below
        }
        rule.problem("hours", "expected two times of day in UTC, such as 16:30-00:30");
        return null;
    }

    private static @Nullable DayOfWeek day(String word) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name().substring(0, LETTERS_OF_A_DAY).equals(word.toUpperCase(Locale.ROOT))) {
                return day;
            }
        }
        return null;
    }

    private static Map<String, String> names(String... pairs) {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            names.put(pairs[i], pairs[i + 1]);
        }
        return names;
    }
}
