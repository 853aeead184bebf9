package io.serai.routing;

import io.serai.call.Instance;
import io.serai.limits.AdaptiveRates;
import java.time.Duration;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with an instance at the moment, for operators.
 *
 * @param id as it is called now, {@code groq-1}
 * @param state {@code ok}, {@code stopped}, {@code disabled}, or the {@link Health.Pause#reason} why it is left alone
 * @param breaker {@code closed}, {@code open} or {@code half_open}
 * @param cooldown how much longer it is left alone, null: it isn't
 * @param off why an operator has taken it out of service, null: nobody has
 * @param restingModels for which alone it is left alone
 * @param adaptiveIntervalMs the least time between its calls that was learned, 0: none
 */
public record InstanceState(
        String id,
        String state,
        String breaker,
        @Nullable Duration cooldown,
        Disabled.@Nullable Note off,
        SortedMap<String, Health.Pause> restingModels,
        long adaptiveIntervalMs) {

    /** @param context where the instance's route is */
    public static InstanceState of(
            Instance instance, CamelContext context, Health health, Disabled disabled, AdaptiveRates rates) {
        ServiceStatus route = context.getRouteController().getRouteStatus(instance.routeId());
        Health.Pause pause = health.pause(instance);
        Disabled.Note off = disabled.of(instance);
        boolean running = route != null && route.isStarted();
        return new InstanceState(
                instance.id(),
                state(running, off, pause),
                health.breakerState(instance).name().toLowerCase(Locale.ROOT),
                pause == null ? null : pause.left(),
                off,
                health.restingModels(instance),
                rates.intervalMs(instance));
    }

    private static String state(boolean running, Disabled.@Nullable Note off, Health.@Nullable Pause pause) {
        if (!running) {
            return "stopped";
        }
        return off != null ? Disabled.REASON : pause != null ? pause.reason() : "ok";
    }
}
