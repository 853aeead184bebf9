package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.limits.AdaptiveRates;
import io.serai.limits.RateState;
import io.serai.limits.TokenLimits;
import io.serai.limits.TokenWindows;
import io.serai.routing.Instances;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** What was learned of each instance's rate, to see and to forget. */
public final class RateLimitDoor {
    private static final String PATH = "/api/rate-limits/";
    private static final String RESET = "/reset";

    private final ObjectMapper json;
    private final Instances instances;
    private final AdaptiveRates rates;
    private final TokenWindows windows;

    public RateLimitDoor(ObjectMapper json, Instances instances, AdaptiveRates rates, TokenWindows windows) {
        this.windows = windows;
        this.json = json;
        this.instances = instances;
        this.rates = rates;
    }

    /** {@code {instances: {id: {limit_per_minute, pace_per_minute, interval_ms, total_429, ..., tokens_used}}}}. */
    public void show(Exchange exchange) {
        Map<String, RateState> states =
                rates.states().stream().collect(Collectors.toMap(RateState::identity, Function.identity()));
        ObjectNode answer = json.createObjectNode();
        ObjectNode all = answer.putObject("instances");
        for (Instance instance : instances.all()) {
            RateState state = states.get(instance.identity());
            if (state != null) {
                describe(all.putObject(instance.id()), instance, state);
            }
        }
        Answers.send(Call.of(exchange), answer);
    }

    private void describe(ObjectNode node, Instance instance, RateState state) {
        node.put("provider", instance.provider().id())
                .put("enabled", state.enabled())
                .put("limit_per_minute", rounded(state.limitPerMinute()))
                .put("pace_per_minute", rounded(state.pacePerMinute()))
                .put("interval_ms", state.intervalMs())
                .put("total_429", state.refusals())
                .put("calls", state.calls())
                .put("success_rate", rounded(state.successRate()))
                .put("recovery_progress", rounded(state.recoveryProgress()))
                .put("waiting", state.waiting())
                .put("closed_for_ms", state.closedFor().toMillis());
        TokenLimits used = windows.used(instance);
        node.putObject("tokens_used")
                .put("minute", used.perMinute())
                .put("hour", used.perHour())
                .put("day", used.perDay());
    }

    private static @Nullable BigDecimal rounded(@Nullable Double value) {
        return value == null ? null : new BigDecimal(value, new MathContext(4)).stripTrailingZeros();
    }

    /** Forgets what was learned of all. */
    public void resetAll(Exchange exchange) {
        rates.resetAll();
        show(exchange);
    }

    /** Forgets what was learned of the instance that the path names. 404 for an unknown one. */
    public void reset(Exchange exchange) {
        Call call = Call.of(exchange);
        String id = idIn(call.door());
        Instance instance = instances.all().stream()
                .filter(i -> i.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ApiError(
                        404,
                        "invalid_request_error",
                        "unknown_instance",
                        null,
                        "There is no instance '" + LogText.of(id)
                                + "'. GET /api/rate-limits lists those that were called.",
                        null));
        rates.reset(instance);
        show(exchange);
    }

    private static String idIn(String path) {
        int from = path.indexOf(PATH) + PATH.length();
        return URLDecoder.decode(
                path.substring(from, Math.max(from, path.length() - RESET.length()))
                        .replace("+", "%2B"),
                StandardCharsets.UTF_8);
    }
}
