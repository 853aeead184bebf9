package io.serai.models;

import io.serai.config.Limits;
import io.serai.config.Provider;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The contexts of models side by side: how large they are, when they are condensed, and how much of them is used. */
public final class ContextTable {
    private final Collection<Provider> providers;
    private final ModelTable models;
    private final ContextUse use;

    public ContextTable(Collection<Provider> providers, ModelTable models, ContextUse use) {
        this.providers = providers;
        this.models = models;
        this.use = use;
    }

    /**
     * One model at one provider. What a rotation says otherwise holds in the rotation.
     *
     * @param size tokens of request and answer together; null: nobody said
     * @param condensePercent of the size at which condensation begins; null: it does not
     * @param condenseMethods in order
     * @param seen null: it has not answered yet
     */
    public record Row(
            String provider,
            String model,
            @Nullable Integer size,
            @Nullable BigDecimal condensePercent,
            List<String> condenseMethods,
            ContextUse.@Nullable Seen seen) {}

    /** Models that are declared, and those that have answered; by provider, then by name. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Provider provider : providers) {
            Map<String, ContextUse.Seen> seen = use.of(provider.id());
            TreeSet<String> names =
                    provider.models().stream().map(Provider.Model::name).collect(Collectors.toCollection(TreeSet::new));
            names.addAll(seen.keySet());
            names.forEach(name -> rows.add(row(provider, name, seen.get(name))));
        }
        return rows;
    }

    private Row row(Provider provider, String name, ContextUse.@Nullable Seen seen) {
        Limits own = provider.model(name).map(Provider.Model::limits).orElse(Limits.NONE);
        Limits limits = Limits.cascade(Limits.NONE, own, Limits.NONE, provider.defaults());
        Integer said = limits.contextSize();
        return new Row(
                provider.id(),
                name,
                said == null ? models.of(provider, name).contextWindow() : said,
                limits.condenseContext(),
                Objects.requireNonNullElse(limits.condenseMethod(), List.of()),
                seen);
    }
}
