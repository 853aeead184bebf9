package io.serai.server;

import java.util.List;

/** What JMX shows of an instance at one moment. */
record ShownInstance(
        String id,
        String state,
        String breaker,
        boolean disabled,
        double cooldownSeconds,
        List<String> restingModels,
        long adaptiveIntervalMs)
        implements InstanceView {
    @Override
    public String getId() {
        return id;
    }

    @Override
    public String getState() {
        return state;
    }

    @Override
    public String getBreaker() {
        return breaker;
    }

    @Override
    public boolean isDisabled() {
        return disabled;
    }

    @Override
    public double getCooldownSeconds() {
        return cooldownSeconds;
    }

    @Override
    public List<String> getRestingModels() {
        return restingModels;
    }

    @Override
    public long getAdaptiveIntervalMs() {
        return adaptiveIntervalMs;
    }
}
