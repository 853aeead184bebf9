package io.serai.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the broker itself says to models: the files of {@code config/prompts/}, the operator's where there is one. Read with the
 * rest of the configuration, so that an edit is checked and takes effect at once.
 */
public final class Prompts {
    private static final String FOLDER = "prompts/";
    private static final Pattern COMMENT = Pattern.compile("\\A\\s*<!--.*?-->\\s*", Pattern.DOTALL);
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([a-z_]+)\\s*}}");

    /** Every prompt by its file, with the places that a text must have to make sense. */
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "split_part.md", Set.of("part", "parts", "words"),
            "split_merge.md", Set.of("question", "answers"),
            "panel_judge.md", Set.of("answers"),
            "autoselect.md", Set.of(),
            "condensation_conversational.md", Set.of(),
            "condensation_semantic.md", Set.of(),
            "classify.md", Set.of("kinds"));

    private final Map<String, String> texts;

    private Prompts(Map<String, String> texts) {
        this.texts = texts;
    }

    static Prompts read(ConfigFiles files, Findings findings) {
        Map<String, String> texts = new LinkedHashMap<>();
        KNOWN.forEach((name, places) -> {
            Optional<ConfigFiles.Text> found = files.operators(FOLDER + name);
            found.ifPresent(own -> check(own, places, findings));
            String text = found.or(() -> files.shipped(FOLDER + name))
                    .map(ConfigFiles.Text::text)
                    .orElse("");
            texts.put(name, COMMENT.matcher(text).replaceFirst("").strip());
        });
        return new Prompts(texts);
    }

    private static void check(ConfigFiles.Text own, Set<String> places, Findings findings) {
        Set<String> used = new TreeSet<>();
        PLACE.matcher(COMMENT.matcher(own.text()).replaceFirst("")).results().forEach(m -> used.add(m.group(1)));
        for (String place : new TreeSet<>(places)) {
            if (!used.remove(place)) {
                findings.problem(own.name(), 0, "", "has no {{" + place + "}}; without it the model is not told that");
            }
        }
        used.forEach(other -> findings.problem(
                own.name(),
                0,
                "",
                "has {{" + other + "}}, which means nothing here; there are: "
                        + String.join(", ", new TreeSet<>(places))));
    }

    /**
     * The text with its places filled. What is filled in is not looked through again: it may be a client's.
     *
     * @param file such as {@code split_merge.md}
     * @throws IllegalArgumentException when there is no such prompt
     */
    public String fill(String file, Map<String, String> values) {
        String text = texts.get(file);
        if (text == null) {
            throw new IllegalArgumentException("There is no prompt " + file);
        }
        return PLACE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(values.getOrDefault(m.group(1), "")));
    }
}
