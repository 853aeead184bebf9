package io.serai.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models that a client may name without saying where they run.
 *
 * @param models by name, in the order of the file
 * @param version of the files that it was made of: the first 12 hexadecimal digits of their SHA-256
 */
public record Catalogue(Map<String, Entry> models, String version) {
    private static final List<String> OTHER_MEDIA = List.of("speech", "transcription", "embeddings");
    /** A model that makes images and can do something else too is one that chats. */
    private static final List<String> IMAGES_ONLY = List.of("images");

    /** Whether a model of these capabilities answers chat requests; one without any is taken to. */
    public static boolean chats(List<String> capabilities) {
        return OTHER_MEDIA.stream().noneMatch(capabilities::contains) && !capabilities.equals(IMAGES_ONLY);
    }

    /**
     * One name.
     *
     * @param contextWindow tokens
     * @param maxOutputTokens tokens, null when not said
     * @param quality higher is better
     * @param backends by priority, equal ones by cost
     */
    public record Entry(
            String name,
            String displayName,
            String tier,
            int quality,
            boolean free,
            List<String> capabilities,
            int contextWindow,
            @Nullable Integer maxOutputTokens,
            List<Backend> backends) {

        /** Whether it answers chat requests; else it is for another medium only. */
        public boolean chats() {
            return Catalogue.chats(capabilities);
        }

        /**
         * Whether it does what is asked of it.
         *
         * @param capability of the file; null: chat
         */
        public boolean does(@Nullable String capability) {
            return capability == null ? chats() : capabilities.contains(capability);
        }
    }

    /**
     * Where a model runs and what that costs.
     *
     * @param model the provider's own id of the model
     * @param prices by the key of the file ({@code input_cost}, {@code per_minute_cost} ...): US dollars a million tokens,
     *     unless the key names another unit
     * @param rules where other prices hold, in order
     * @param source the page that the prices were read from, and the day
     */
    public record Backend(
            String provider,
            String model,
            int priority,
            Map<String, BigDecimal> prices,
            List<PriceRule> rules,
            @Nullable String source) {
        /** US dollars for one, by the names of {@link io.serai.call.Prices}. */
        public Map<String, BigDecimal> each() {
            return PriceReader.each(prices);
        }
    }
}
