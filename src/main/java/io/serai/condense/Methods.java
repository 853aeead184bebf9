package io.serai.condense;

import io.serai.config.CondenseMethods;
import io.serai.embedding.Meanings;
import java.util.LinkedHashMap;
import java.util.Map;

/** The methods that need no language model. */
public final class Methods {
    private Methods() {}

    /** By their names, in the order of the documentation. */
    public static Map<String, Condenser> withoutModel(Meanings meanings) {
        return withoutModel(meanings::of);
    }

    static Map<String, Condenser> withoutModel(ByMeaning.Vectors vectors) {
        Map<String, Condenser> methods = new LinkedHashMap<>();
        methods.put(CondenseMethods.HIERARCHICAL, new Hierarchical());
        methods.put(CondenseMethods.SEMANTIC, new ByMeaning(vectors));
        methods.put(CondenseMethods.ALGORITHMIC, new Algorithmic());
        methods.put(CondenseMethods.SLIDING_WINDOW, new SlidingWindow());
        methods.put(CondenseMethods.IMPORTANCE_BASED, new Importance());
        methods.put(CondenseMethods.ENTITY_AWARE, new Entities());
        methods.put(CondenseMethods.CODE_AWARE, new CodeAware());
        return methods;
    }
}
