package io.serai.config;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code pricing} of a model in {@code providers.yaml}. Here somebody says what he pays, so a price that can't be
 * taken is a problem of the file, where in a list that a provider sent it would be passed over.
 */
public final class DeclaredPrices {
    /** US dollars for one token; the dearest models take a twentieth of it. A price for a million tokens is above. */
    public static final BigDecimal MOST_A_TOKEN = new BigDecimal("0.01");
    /** US dollars for an image, a request, a search, an hour. */
    public static final BigDecimal MOST_A_PIECE = BigDecimal.valueOf(1_000);

    private static final Set<String> OF_TOKENS = Set.of(
            "prompt",
            "completion",
            "internal_reasoning",
            "input_cache_read",
            "input_cache_write",
            "input_cache_write_1h",
            "audio",
            "audio_output",
            "image_token");
    /** OpenRouter has one name for a picture that was made and for a token of one. */
    private static final Set<String> OF_PIECES =
            Set.of("minute", "hour", "character", "image", "image_output", "request", "web_search");

    /** In Together's lists, for a million tokens; the prices of one stand before them. */
    private static final Map<String, String> OF_MILLIONS = Map.of("input", "prompt", "output", "completion");

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private DeclaredPrices() {}

    /** In US dollars for one, by the names of {@link io.serai.call.Prices}. Names that nothing is billed by are kept too. */
    static Map<String, BigDecimal> read(Section pricing, Map<?, ?> said) {
        Map<String, BigDecimal> prices = new LinkedHashMap<>();
        boolean byMillion = !said.containsKey("prompt")
                && !said.containsKey("completion")
                && said.keySet().containsAll(OF_MILLIONS.keySet());
        said.forEach((key, value) -> {
            String written = String.valueOf(key);
            String million = byMillion ? OF_MILLIONS.get(written) : null;
            String name = million == null ? written : million;
            BigDecimal number = number(value);
            BigDecimal usd = number == null || million == null
                    ? number
                    : number.divide(MILLION).stripTrailingZeros();
            boolean ofToken = OF_TOKENS.contains(name);
            BigDecimal most = ofToken ? MOST_A_TOKEN : MOST_A_PIECE;
            if (usd != null && usd.compareTo(most) <= 0) {
                if (!name.equals("discount")) {
                    prices.put(name, usd);
                }
            } else if (ofToken || OF_PIECES.contains(name)) {
                pricing.problem(
                        written,
                        usd == null
                                ? "expected US dollars, " + Shape.NUMBER.words()
                                : "is more than " + most.toPlainString() + " US dollars for one"
                                        + (ofToken ? " token; prices for a million are to be divided" : ""));
            }
        });
        return prices;
    }

    private static @Nullable BigDecimal number(Object value) {
        String text = value instanceof String || value instanceof BigDecimal
                ? value.toString().strip()
                : "";
        return Values.fits(text, Shape.NUMBER) ? new BigDecimal(text) : null;
    }
}
