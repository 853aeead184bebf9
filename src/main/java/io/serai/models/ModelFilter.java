package io.serai.models;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A provider's {@code model_filter}: patterns without regard to case, of which a name must match one. With {@code *} or {@code ?}
 * a pattern stands for the whole name, without for any part of it.
 */
public final class ModelFilter {
    private ModelFilter() {}

    /** Takes every name when there is no pattern. */
    public static Predicate<String> of(List<String> patterns) {
        return patterns.stream().map(ModelFilter::of).reduce(Predicate::or).orElse(name -> true);
    }

    private static Predicate<String> of(String pattern) {
        String wanted = pattern.toLowerCase(Locale.ROOT);
        if (!wanted.contains("*") && !wanted.contains("?")) {
            return name -> name.toLowerCase(Locale.ROOT).contains(wanted);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < wanted.length(); i++) {
            char c = wanted.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        Predicate<String> whole = Pattern.compile(regex.toString()).asMatchPredicate();
        return name -> whole.test(name.toLowerCase(Locale.ROOT));
    }
}
