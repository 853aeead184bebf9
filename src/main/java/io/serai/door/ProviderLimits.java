package io.serai.door;

import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.Call;
import io.serai.config.Settings;
import io.serai.limits.Metered;
import io.serai.limits.ToldLevel;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the provider that served a call says of its limits, for a client that has none of the broker's: under OpenAI's names,
 * whatever the provider's own are, and as the provider wrote it under names that tell whose they are.
 */
final class ProviderLimits {
    /** LiteLLM's, which clients know (docs.litellm.ai/docs/proxy/response_headers). */
    static final String PREFIX = "llm_provider-";

    /** Names that hold a limit and nothing of the account; so few that no provider can flood a client. */
    private static final Pattern NAMES = Pattern.compile("x-ratelimit-(limit|remaining|reset)"
            + "(-(requests|req|tokens|tokens_usage_based|input-tokens|output-tokens|tokens-prompt|tokens-generated))?"
            + "(-(second|minute|hour|day|month))?"
            + "|anthropic-ratelimit-(requests|tokens|input-tokens|output-tokens)-(limit|remaining|reset)");

    /** Numbers, durations and dates. */
    private static final Pattern VALUES = Pattern.compile("-?[0-9][0-9A-Za-z:.+-]{0,39}");

    private ProviderLimits() {}

    /** The headers; nothing where the client has limits of its own, or no provider has answered it. */
    static Map<String, String> of(Call call, Settings settings) {
        Attempt served = call.served();
        if (served == null
                || served.rateHeaders().isEmpty()
                || call.cacheResult() == CacheResult.HIT
                || !settings.routingHeaders()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        served.rateHeaders().forEach((name, value) -> {
            if (NAMES.matcher(name).matches() && VALUES.matcher(value).matches()) {
                headers.put(PREFIX + name, value);
            }
        });
        if (!LimitClient.limits(call, settings)) {
            Instant now = Instant.now();
            for (Metered what : Metered.values()) {
                put(headers, what, ToldLevel.of(served.rateHeaders(), what, now));
            }
        }
        return headers;
    }

    private static void put(Map<String, String> headers, Metered what, @Nullable ToldLevel said) {
        if (said == null) {
            return;
        }
        if (said.limit() != null) {
            headers.put("x-ratelimit-limit-" + what.word(), said.limit().toString());
        }
        if (said.remaining() != null) {
            headers.put("x-ratelimit-remaining-" + what.word(), said.remaining().toString());
        }
        if (said.reset() != null) {
            headers.put("x-ratelimit-reset-" + what.word(), LimitClient.text(said.reset()));
        }
    }
}
