package io.serai.config;

import java.util.List;
import java.util.Map;

/**
 * One whole configuration, checked.
 *
 * @param providers by id, in the order of the file, those from the environment last
 * @param rotations by name, in the order of the file
 * @param warnings what was left out or guessed, for the log; one line each
 * @param camel properties that are not Serai's ({@code camel.main.name} ...), as they were written
 * @param prompts what the broker itself says to models
 * @param awaited those that need no entry and are among the providers while they answer at their usual address, by id
 * @param autoselects by name, in the order of the file
 * @param condensation who helps to condense conversations
 */
public record Snapshot(
        Settings settings,
        Map<String, Provider> providers,
        Catalogue catalogue,
        Map<String, Rotation> rotations,
        List<String> warnings,
        Map<String, String> camel,
        Map<String, Provider> awaited,
        Prompts prompts,
        Map<String, Autoselect> autoselects,
        Condensers condensation) {}
