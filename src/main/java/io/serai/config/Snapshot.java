package io.serai.config;

import java.util.List;
import java.util.Map;

/**
 * One whole configuration, checked.
 *
 * @param providers by id, in the order of the file, those from the environment last
 * @param warnings what was left out or guessed, for the log; one line each
 */
public record Snapshot(
        Settings settings, Map<String, Provider> providers, Catalogue catalogue, List<String> warnings) {}
