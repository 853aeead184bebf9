package io.serai.server;

import io.serai.config.Snapshot;
import io.serai.models.ContextTable;
import io.serai.models.ModelTable;
import io.serai.routing.InstanceState;
import java.util.List;

/** What JMX shows of a broker. */
final class BrokerView implements BrokerMXBean {
    private final Broker broker;
    private final Runtime runtime;

    BrokerView(Broker broker, Runtime runtime) {
        this.broker = broker;
        this.runtime = runtime;
    }

    @Override
    public long getGeneration() {
        return broker.generation();
    }

    @Override
    public List<String> getConfigErrors() {
        return broker.configErrors();
    }

    @Override
    public int getInFlight() {
        return broker.inside();
    }

    @Override
    public boolean isDraining() {
        return broker.draining();
    }

    @Override
    public List<InstanceView> getInstances() {
        Generation now = broker.current();
        return now.instances().all().stream()
                .map(instance -> InstanceState.of(
                        instance, now.context(), runtime.health(), runtime.disabled(), runtime.rates()))
                .map(BrokerView::view)
                .toList();
    }

    private static InstanceView view(InstanceState state) {
        return new ShownInstance(
                state.id(),
                state.state(),
                state.breaker(),
                state.off() != null,
                state.cooldown() == null ? 0 : state.cooldown().toMillis() / 1e3,
                List.copyOf(state.restingModels().keySet()),
                state.adaptiveIntervalMs());
    }

    @Override
    public List<ContextView> getContexts() {
        Snapshot snapshot = broker.current().snapshot();
        ModelTable models = new ModelTable(snapshot, runtime.models());
        return new ContextTable(snapshot.providers().values(), models, runtime.contextUse())
                .rows().stream().map(row -> (ContextView) new ShownContext(row)).toList();
    }

    @Override
    public long getBatchedCalls() {
        return runtime.savings().sharedCalls() + runtime.savings().mergedCalls();
    }

    @Override
    public long getBatchingSavedUsage() {
        return runtime.savings().savedTokens();
    }

    @Override
    public double getBatchingSavedUsd() {
        return runtime.savings().savedUsd().doubleValue();
    }

    @Override
    public long getCachedAnswers() {
        return runtime.caches().models().all().hits();
    }

    @Override
    public long getCacheSavedUsage() {
        return runtime.caches().models().all().tokens();
    }

    @Override
    public double getCacheSavedUsd() {
        return runtime.caches().models().all().usd().doubleValue();
    }

    @Override
    public double getCacheHitRate() {
        return runtime.caches().backends().hitRate();
    }
}
