package io.serai.models;

import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks up what is known of a model: the operator's word first, then the catalogue's. */
public final class ModelTable {
    private final Map<String, Catalogue.Entry> byBackend = new HashMap<>();

    public ModelTable(Snapshot snapshot) {
        for (Catalogue.Entry entry : snapshot.catalogue().models().values()) {
            for (Catalogue.Backend backend : entry.backends()) {
                byBackend.putIfAbsent(key(backend.provider(), backend.model()), entry);
            }
        }
    }

    /** Never null; what nobody said is null in it. */
    public ModelFacts of(Provider provider, String model) {
        Provider.Model declared = provider.model(model).orElse(null);
        Catalogue.Entry entry = byBackend.get(key(provider.id(), model));
        Integer context = declared == null ? null : declared.contextSize();
        if (context == null && entry != null && entry.contextWindow() > 0) {
            context = entry.contextWindow();
        }
        Integer output = declared == null ? null : ofTopProvider(declared);
        if (output == null && entry != null) {
            output = entry.maxOutputTokens();
        }
        return new ModelFacts(context, output);
    }

    private static @Nullable Integer ofTopProvider(Provider.Model declared) {
        return declared.extra().get("top_provider") instanceof Map<?, ?> top
                        && top.get("max_completion_tokens") instanceof Number tokens
                ? tokens.intValue()
                : null;
    }

    private static String key(String provider, String model) {
        return provider + "/" + model;
    }
}
