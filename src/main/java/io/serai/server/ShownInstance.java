package io.serai.server;

/** What JMX shows of an instance at one moment. */
record ShownInstance(
        String id, String state, String breaker, boolean disabled, double cooldownSeconds, long adaptiveIntervalMs)
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
    public long getAdaptiveIntervalMs() {
        return adaptiveIntervalMs;
    }
}
