package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code providers.yaml}, or one that a key in the environment brought.
 *
 * @param id the first segment of a model path
 * @param type the kind: the route template {@code provider-<type>} and the adapter of that name serve it
 * @param endpoint URL up to and including the version, without a trailing slash; empty for {@code local}
 * @param keys one instance is made for each; empty when the provider needs none
 * @param headers sent to the provider with every request
 * @param models what the operator declared; empty: any model name is taken
 * @param rateLimit the least time between two calls of one key; null: none
 * @param defaults its {@code default_*}
 * @param wire how this endpoint differs from OpenAI's own
 * @param caching what is done for the provider's own prompt cache
 * @param permits which sensitive prompts may go there, where its models don't say
 * @param apiVersion of the vendor's API where requests name one (Anthropic), else null
 * @param modelFilter patterns that a fetched model's name must match one of to be listed; empty: all are
 * @param responseCache whether answers of its models are kept; null where nothing is said
 */
public record Provider(
        String id,
        String name,
        String type,
        String endpoint,
        boolean keyRequired,
        List<Secret> keys,
        Map<String, Secret> headers,
        List<Model> models,
        Timeouts timeouts,
        @Nullable Duration rateLimit,
        Limits defaults,
        Permits permits,
        Wire wire,
        PromptCaching caching,
        @Nullable String apiVersion,
        List<String> modelFilter,
        @Nullable Boolean responseCache) {

    /** The declared model of that name, if any. */
    public Optional<Model> model(String model) {
        return models.stream().filter(m -> m.name().equals(model)).findFirst();
    }

    /** The same under another id. */
    Provider withId(String other) {
        return new Provider(
                other,
                name,
                type,
                endpoint,
                keyRequired,
                keys,
                headers,
                models,
                timeouts,
                rateLimit,
                defaults,
                permits,
                wire,
                caching,
                apiVersion,
                modelFilter,
                responseCache);
    }

    /** Whether a request for the model may be sent here. */
    public boolean takes(String model) {
        return models.isEmpty() || model(model).isPresent();
    }

    /**
     * A model that the operator declared.
     *
     * @param contextSize tokens, null when not said
     * @param timeouts this model's own, null: the provider's
     * @param limits what the file says of its use
     * @param permits which sensitive prompts may go there
     * @param prices US dollars for one of what is counted, by the names of its {@code pricing}
     * @param priceRules where other prices hold than those of its {@code pricing}
     * @param responseCache whether its answers are kept; null where nothing is said
     * @param extra every other key as it was written (metadata, limits)
     */
    public record Model(
            String name,
            @Nullable Integer contextSize,
            @Nullable Timeouts timeouts,
            Limits limits,
            Permits permits,
            Map<String, BigDecimal> prices,
            List<PriceRule> priceRules,
            @Nullable Boolean responseCache,
            Map<String, Object> extra) {}

    /**
     * The provider's own prompt cache.
     *
     * @param enabled whether the broker marks, or creates, what is to be cached; a client's own marks hold either way
     * @param ttl how long it is to be kept; null: the vendor's usual time
     * @param minTokens a prefix shorter than that is not worth a mark
     * @param key sent as {@code prompt_cache_key} to vendors that take it; null: none
     */
    public record PromptCaching(
            boolean enabled,
            @Nullable Duration ttl,
            int minTokens,
            @Nullable String key) {
        /** Vendors cache no prefix that is shorter, most of them. */
        public static final int MIN_TOKENS = 1024;

        public static final PromptCaching OFF = new PromptCaching(false, null, MIN_TOKENS, null);
    }

    /**
     * How an endpoint is spoken to: where a kind's usual wire stands, and for OpenAI-compatible ones where they depart from it.
     *
     * @param authHeader the header that carries the key
     * @param authScheme what stands before the key and a space; empty: the bare key
     * @param chatPath below the endpoint; may hold {@code {model}}
     * @param query sent with every request
     * @param unsupportedParameters fields that the endpoint refuses: {@code seed}, {@code messages[].content[].cache_control}
     * @param renamedParameters top-level fields that have another name there
     * @param includeUsage whether {@code stream_options.include_usage} is understood
     * @param cacheStyle how its prompt cache is steered
     */
    public record Wire(
            String authHeader,
            String authScheme,
            String chatPath,
            Map<String, String> query,
            List<String> unsupportedParameters,
            Map<String, String> renamedParameters,
            boolean includeUsage,
            CacheStyle cacheStyle) {
        /** How a request says what a prompt cache is to keep. */
        public enum CacheStyle {
            /** Not at all. */
            NONE,
            /** By {@code prompt_cache_key}. */
            KEY,
            /** By {@code cache_control} on parts of messages. */
            BREAKPOINTS
        }

        /** For an endpoint whose prompt cache is steered by a key, if it has one. */
        public Wire(
                String authHeader,
                String authScheme,
                String chatPath,
                Map<String, String> query,
                List<String> unsupportedParameters,
                Map<String, String> renamedParameters,
                boolean includeUsage) {
            this(
                    authHeader,
                    authScheme,
                    chatPath,
                    query,
                    unsupportedParameters,
                    renamedParameters,
                    includeUsage,
                    CacheStyle.KEY);
        }

        public static final Wire OPENAI =
                new Wire("Authorization", "Bearer", "/chat/completions", Map.of(), List.of(), Map.of(), true);

        private static final Wire ANTHROPIC =
                new Wire("x-api-key", "", "/v1/messages", Map.of(), List.of(), Map.of(), true);
        private static final Wire GOOGLE = new Wire(
                "x-goog-api-key", "", "/v1beta/models/{model}:generateContent", Map.of(), List.of(), Map.of(), true);
        private static final Wire OLLAMA =
                new Wire("Authorization", "Bearer", "/api/chat", Map.of(), List.of(), Map.of(), true);

        /** The same endpoint with the key as a bearer token. */
        Wire withBearer() {
            return new Wire(
                    "Authorization", "Bearer", chatPath, query, unsupportedParameters, renamedParameters, includeUsage);
        }

        /** The usual wire of a type. */
        public static Wire of(String type) {
            return switch (type) {
                case "anthropic" -> ANTHROPIC;
                case "google" -> GOOGLE;
                case "ollama" -> OLLAMA;
                default -> OPENAI;
            };
        }

        /** Of the query only the names: some vendors take the key there. */
        @Override
        public String toString() {
            return "Wire[authHeader=" + authHeader + ", authScheme=" + authScheme + ", chatPath=" + chatPath
                    + ", query="
                    + query.keySet() + ", unsupportedParameters=" + unsupportedParameters + ", renamedParameters="
                    + renamedParameters + ", includeUsage=" + includeUsage + ", cacheStyle=" + cacheStyle + "]";
        }
    }
}
