package io.serai.server;

import java.util.List;

/** One model's context in JMX, see {@link io.serai.models.ContextTable.Row}; -1 for what nobody said. */
public interface ContextView {
    String getProvider();

    String getModel();

    int getContextSize();

    double getCondenseContext();

    List<String> getCondenseMethod();

    long getLastEffectiveContext();

    long getLargestEffectiveContext();

    boolean isEstimated();
}
