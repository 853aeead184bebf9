package io.serai.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a provider beforehand. An entry of the same id takes from it what it does not say.
 *
 * @param variables what the names of its variables begin with ({@code GOOGLE}, {@code GEMINI})
 * @param hostVariable a variable of the provider's own program that says where it runs; null: it has none
 * @param whenAnswering whether the provider is there when something answers at its endpoint; a key alone doesn't bring it then
 */
record Preset(
        String id,
        String name,
        String type,
        String endpoint,
        Map<String, String> headers,
        List<String> variables,
        @Nullable String hostVariable,
        boolean whenAnswering,
        Provider.Wire wire) {}
