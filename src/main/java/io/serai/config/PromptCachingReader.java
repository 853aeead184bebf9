package io.serai.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code enable_native_caching}, {@code cache_ttl} (seconds), {@code min_cacheable_tokens} and {@code prompt_cache_key}. */
final class PromptCachingReader {
    /** The kinds whose vendors have a prompt cache that a request can steer. */
    private static final Set<String> TYPES = Set.of("anthropic", "google", "openai");

    private PromptCachingReader() {}

    /** @param type null when it is wrong, which was reported */
    static Provider.PromptCaching read(Section section, @Nullable String type) {
        boolean enabled = section.flag("enable_native_caching", false);
        BigDecimal ttl = section.number("cache_ttl", Shape.NUMBER);
        Integer minTokens = section.count("min_cacheable_tokens");
        String key = section.text("prompt_cache_key");
        boolean keyed = key != null && !key.isBlank();
        if (type != null && !TYPES.contains(type)) {
            if (enabled) {
                section.report().findings().withoutEffect("enable_native_caching");
            }
            if (keyed) {
                section.report().findings().withoutEffect("prompt_cache_key");
            }
            return Provider.PromptCaching.OFF;
        }
        return new Provider.PromptCaching(
                enabled,
                ttl == null || ttl.signum() == 0 ? null : seconds(ttl),
                minTokens == null ? Provider.PromptCaching.MIN_TOKENS : minTokens,
                keyed ? key : null);
    }

    private static Duration seconds(BigDecimal ttl) {
        return Duration.ofSeconds(ttl.setScale(0, RoundingMode.CEILING).longValue());
    }
}
