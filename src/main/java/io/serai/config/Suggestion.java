package io.serai.config;

import java.util.Collection;
import java.util.Locale;

/** The name that was probably meant. */
final class Suggestion {
    private static final int MAX_DISTANCE = 2;

    private Suggestion() {}

    /** {@code ; did you mean `x`?}, or nothing when no known name is near. */
    static String of(String written, Collection<String> known) {
        String best = "";
        int bestDistance = Math.min(MAX_DISTANCE, Math.max(1, written.length() / 3)) + 1;
        for (String name : known) {
            int distance = distance(plain(written), plain(name));
            if (distance < bestDistance) {
                best = name;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? "" : "; did you mean `" + best + "`?";
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Damerau-Levenshtein in the form that counts a swap of neighbours as one (optimal string alignment). */
    static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > MAX_DISTANCE) {
            return MAX_DISTANCE + 1;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
