package io.serai.condense.text;

import io.serai.condense.text.Passage.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Folds what is said over and over: lines of a log that differ in their figures only, and passages that were there before. */
public final class Templates {
    private static final Pattern FIGURES =
            Pattern.compile("(?i)\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b|\\b0x[0-9a-f]+\\b"
                    + "|\\b(?=[0-9a-f]*\\d)[0-9a-f]{7,}\\b|\\p{N}++(?:[.,:\\-/]\\p{N}++)*+");
    /** Lines of one template in one message from which on they are folded. */
    private static final int MANY = 4;
    /** A repeated passage of fewer characters says something by being repeated: "yes". */
    private static final int SHORT = 24;

    private Templates() {}

    /**
     * The texts that are left; null where one says nothing new.
     *
     * @param wanted what may not be folded away: the question is about it
     */
    public static @Nullable String[] fold(List<Passage> passages, boolean[] wanted) {
        @Nullable String[] texts = new @Nullable String[passages.size()];
        Map<String, Integer> said = new HashMap<>();
        Map<String, List<Integer>> lines = new HashMap<>();
        for (int i = 0; i < texts.length; i++) {
            Passage passage = passages.get(i);
            String key = passage.text().strip();
            texts[i] = passage.text();
            if (key.length() >= SHORT
                    && passage.kind() != Kind.WHOLE
                    && said.putIfAbsent(key, i) != null
                    && !wanted[i]) {
                texts[i] = null;
            } else if (passage.kind() == Kind.LINE) {
                lines.computeIfAbsent(
                                passage.message() + " " + FIGURES.matcher(key).replaceAll("#"), k -> new ArrayList<>())
                        .add(i);
            }
        }
        for (List<Integer> same : lines.values()) {
            if (same.size() >= MANY) {
                foldLines(same, wanted, texts);
            }
        }
        return texts;
    }

    private static void foldLines(List<Integer> same, boolean[] wanted, @Nullable String[] texts) {
        int first = same.getFirst();
        int gone = 0;
        for (int i : same.subList(1, same.size())) {
            if (!wanted[i]) {
                texts[i] = null;
                gone++;
            }
        }
        String line = texts[first];
        if (gone > 0 && line != null) {
            texts[first] = line.stripTrailing() + " [and " + gone + " more like this]\n";
        }
    }
}
