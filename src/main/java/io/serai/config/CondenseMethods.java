package io.serai.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of the ways to condense a conversation, as the configuration, the routes and the header have them. */
public final class CondenseMethods {
    public static final String HIERARCHICAL = "hierarchical";
    public static final String CONVERSATIONAL = "conversational";
    public static final String SEMANTIC = "semantic";
    public static final String ALGORITHMIC = "algorithmic";
    public static final String SLIDING_WINDOW = "sliding_window";
    public static final String IMPORTANCE_BASED = "importance_based";
    public static final String ENTITY_AWARE = "entity_aware";
    public static final String CODE_AWARE = "code_aware";

    /** All of them. */
    public static final Set<String> KNOWN = Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(
            HIERARCHICAL,
            CONVERSATIONAL,
            SEMANTIC,
            ALGORITHMIC,
            SLIDING_WINDOW,
            IMPORTANCE_BASED,
            ENTITY_AWARE,
            CODE_AWARE)));

    private CondenseMethods() {}

    /** The step of a method, in its route, is called this. */
    public static String step(String method) {
        StringBuilder name = new StringBuilder("condenseBy");
        for (String word : method.split("_")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.toString();
    }

    /** The route of a method is called this. */
    public static String route(String method) {
        return "condense-" + method.replace('_', '-');
    }
}
