package io.serai.cli;

import java.util.List;

/**
 * What {@code bench condense} is told.
 *
 * @param sets of conversations, a and b
 * @param ratio by which they are to become shorter, above 1
 */
record BenchOptions(List<String> sets, double ratio) {
    static BenchOptions parse(List<String> words) throws Arguments.UsageException {
        List<String> sets = List.of("a", "b");
        double ratio = 4;
        for (int i = 0; i < words.size(); i += 2) {
            String value = i + 1 < words.size() ? words.get(i + 1) : "";
            switch (words.get(i)) {
                case "--set" -> {
                    if (!value.equals("a") && !value.equals("b")) {
                        throw new Arguments.UsageException("--set is a or b");
                    }
                    sets = List.of(value);
                }
                case "--ratio" -> ratio = ratio(value);
                default -> throw new Arguments.UsageException("bench condense knows --set and --ratio");
            }
        }
        return new BenchOptions(sets, ratio);
    }

    private static double ratio(String value) throws Arguments.UsageException {
        try {
            double ratio = Double.parseDouble(value);
            if (ratio > 1 && ratio <= 100) {
                return ratio;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Arguments.UsageException("--ratio is a number above 1, such as 4");
    }
}
