package io.serai.server;

import java.util.List;

/** One instance in JMX, see {@link io.serai.routing.InstanceState}. */
public interface InstanceView {
    String getId();

    /** {@code ok}, {@code stopped}, {@code disabled}, or why it is left alone. */
    String getState();

    /** {@code closed}, {@code open} or {@code half_open}. */
    String getBreaker();

    boolean isDisabled();

    /** How much longer it is left alone, 0: it isn't. */
    double getCooldownSeconds();

    /** Models whose own limit at it is reached, while others may be asked of it. */
    List<String> getRestingModels();

    /** The least time between its calls that was learned, 0: none. */
    long getAdaptiveIntervalMs();
}
