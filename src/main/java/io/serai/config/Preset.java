package io.serai.config;

import java.util.List;
import java.util.Map;

/**
 * What is known of a provider beforehand. An entry of the same id takes from it what it does not say.
 *
 * @param variables what the names of its variables begin with ({@code GOOGLE}, {@code GEMINI})
 * @param onKey whether a key in the environment is enough to have the provider
 */
record Preset(
        String id,
        String name,
        String type,
        String endpoint,
        Map<String, String> headers,
        List<String> variables,
        boolean onKey,
        Provider.Wire wire) {}
