package io.serai.routing;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that someone probably meant. */
final class Names {
    private Names() {}

    /** Up to three of {@code known}, nearest first; only such as are near. */
    static List<String> nearest(String wanted, Collection<String> known) {
        String w = wanted.toLowerCase(Locale.ROOT);
        record Near(String name, int distance) {}
        return known.stream()
                .map(name -> new Near(name, distance(w, name.toLowerCase(Locale.ROOT))))
                .filter(n -> n.distance() <= Math.max(2, w.length() / 3))
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
                .limit(3)
                .map(Near::name)
                .toList();
    }

    /** " Did you mean a, b?" or nothing. */
    static String suggestion(String wanted, Collection<String> known) {
        List<String> near = nearest(wanted, known);
        return near.isEmpty() ? "" : " Did you mean " + String.join(", ", near) + "?";
    }

    /** Levenshtein; a name that begins with the other is near however long it is. */
    private static int distance(String a, String b) {
        if (!a.isEmpty() && b.startsWith(a)) {
            return 1;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
