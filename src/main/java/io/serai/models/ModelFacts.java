package io.serai.models;

import io.serai.call.Prices;
import io.serai.config.PriceRule;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model at one provider. What nobody said is null or empty.
 *
 * @param contextWindow tokens
 * @param maxOutputTokens tokens of an answer
 * @param inputModalities what it takes: text, image, audio, file ...
 * @param outputModalities what it makes
 * @param capabilities in the catalogue's words
 * @param supportedParameters of a request
 * @param sources who said it, by the name that the field has in {@code /v1/models}; a price's is {@code pricing.<name>}
 */
public record ModelFacts(
        @Nullable Integer contextWindow,
        @Nullable Integer maxOutputTokens,
        Prices prices,
        List<String> inputModalities,
        List<String> outputModalities,
        List<String> capabilities,
        List<String> supportedParameters,
        @Nullable String description,
        Map<String, Source> sources) {

    public static final ModelFacts NONE = new Builder().build();

    /** Gathers facts: the first to say something is believed. */
    public static final class Builder {
        private @Nullable Integer contextWindow;
        private @Nullable Integer maxOutputTokens;
        private final Map<String, BigDecimal> prices = new LinkedHashMap<>();
        private List<PriceRule> priceRules = List.of();
        private List<String> inputModalities = List.of();
        private List<String> outputModalities = List.of();
        private List<String> capabilities = List.of();
        private List<String> supportedParameters = List.of();
        private @Nullable String description;
        private final Map<String, Source> sources = new LinkedHashMap<>();

        public Builder contextWindow(@Nullable Integer tokens) {
            contextWindow = contextWindow == null ? tokens : contextWindow;
            return this;
        }

        public Builder maxOutputTokens(@Nullable Integer tokens) {
            maxOutputTokens = maxOutputTokens == null ? tokens : maxOutputTokens;
            return this;
        }

        public Builder price(String name, @Nullable BigDecimal usd) {
            if (usd != null) {
                prices.putIfAbsent(name, usd);
            }
            return this;
        }

        /** Where other prices hold than the usual ones. */
        public Builder priceRules(List<PriceRule> said) {
            priceRules = priceRules.isEmpty() ? said : priceRules;
            return this;
        }

        public Builder modalities(List<String> input, List<String> output) {
            inputModalities = inputModalities.isEmpty() ? input : inputModalities;
            outputModalities = outputModalities.isEmpty() ? output : outputModalities;
            return this;
        }

        public Builder capabilities(List<String> words) {
            capabilities = capabilities.isEmpty() ? words : capabilities;
            return this;
        }

        public Builder supportedParameters(List<String> names) {
            supportedParameters = supportedParameters.isEmpty() ? names : supportedParameters;
            return this;
        }

        public Builder description(@Nullable String text) {
            description = description == null ? text : description;
            return this;
        }

        /** Adds what one source says where none before it did, and notes that it was the one. */
        Builder from(Source source, ModelFacts said) {
            note(source, "context_window", contextWindow == null && said.contextWindow != null);
            note(source, "max_output_tokens", maxOutputTokens == null && said.maxOutputTokens != null);
            Map<String, BigDecimal> more = pricesBeside(said);
            more.keySet().forEach(name -> note(source, "pricing." + name, !prices.containsKey(name)));
            note(source, "input_modalities", inputModalities.isEmpty() && !said.inputModalities.isEmpty());
            note(source, "output_modalities", outputModalities.isEmpty() && !said.outputModalities.isEmpty());
            note(source, "capabilities", capabilities.isEmpty() && !said.capabilities.isEmpty());
            note(source, "supported_parameters", supportedParameters.isEmpty() && !said.supportedParameters.isEmpty());
            note(source, "description", description == null && said.description != null);
            if (prices.isEmpty()) {
                priceRules(said.prices.rules()); // one source's rules don't hold for another's prices
            }
            more.forEach(this::price);
            return contextWindow(said.contextWindow)
                    .maxOutputTokens(said.maxOutputTokens)
                    .modalities(said.inputModalities, said.outputModalities)
                    .capabilities(said.capabilities)
                    .supportedParameters(said.supportedParameters)
                    .description(said.description);
        }

        /** An hour and a minute are two prices of one thing: a weaker source's one does not stand beside a stronger's other. */
        private Map<String, BigDecimal> pricesBeside(ModelFacts said) {
            Map<String, BigDecimal> more = new LinkedHashMap<>(said.prices.usd());
            if (prices.containsKey(Prices.HOUR)) {
                more.remove(Prices.MINUTE);
            }
            if (prices.containsKey(Prices.MINUTE)) {
                more.remove(Prices.HOUR);
            }
            return more;
        }

        private void note(Source source, String field, boolean first) {
            if (first) {
                sources.put(field, source);
            }
        }

        public ModelFacts build() {
            return new ModelFacts(
                    contextWindow,
                    maxOutputTokens,
                    prices.isEmpty() ? Prices.NONE : new Prices(prices, priceRules),
                    List.copyOf(inputModalities),
                    List.copyOf(outputModalities),
                    List.copyOf(capabilities),
                    List.copyOf(supportedParameters),
                    description,
                    Collections.unmodifiableMap(new LinkedHashMap<>(sources)));
        }
    }
}
