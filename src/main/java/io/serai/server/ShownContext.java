package io.serai.server;

import io.serai.models.ContextTable;
import io.serai.models.ContextUse;
import java.math.BigDecimal;
import java.util.List;

/** A {@link ContextView} as it was when it was asked for. */
record ShownContext(ContextTable.Row row) implements ContextView {
    @Override
    public String getProvider() {
        return row.provider();
    }

    @Override
    public String getModel() {
        return row.model();
    }

    @Override
    public int getContextSize() {
        Integer size = row.size();
        return size == null ? -1 : size;
    }

    @Override
    public double getCondenseContext() {
        BigDecimal percent = row.condensePercent();
        return percent == null ? -1 : percent.doubleValue();
    }

    @Override
    public List<String> getCondenseMethod() {
        return row.condenseMethods();
    }

    @Override
    public long getLastEffectiveContext() {
        ContextUse.Seen seen = row.seen();
        return seen == null ? -1 : seen.last();
    }

    @Override
    public long getLargestEffectiveContext() {
        ContextUse.Seen seen = row.seen();
        return seen == null ? -1 : seen.largest();
    }

    @Override
    public boolean isEstimated() {
        ContextUse.Seen seen = row.seen();
        return seen != null && seen.estimated();
    }
}
