package io.serai.condense;

import io.serai.condense.text.Facts;
import java.util.HashSet;
import java.util.Set;

/**
 * Keeps what matters by its form: what the question is about, what was decided or demanded, names and figures, what is said for
 * the first time, and what is new.
 */
final class Importance extends Scored {
    private static final double OF_FACTS = 0.3;
    private static final double OF_TASK = 0.2;
    private static final double OF_NEWS = 0.12;
    private static final double OF_RECENCY = 0.1;

    @Override
    double[] scores(Reading reading) {
        double[] scores = reading.relevance().to(reading.question());
        Set<String> known = new HashSet<>();
        int first = reading.passages().isEmpty()
                ? -1
                : reading.passages().getFirst().message();
        for (int i = 0; i < scores.length; i++) {
            scores[i] += OF_FACTS * Facts.weight(reading.text(i));
            scores[i] += reading.ofUser(i);
            scores[i] += reading.passages().get(i).message() == first ? OF_TASK : 0; // what it is all about
            scores[i] += OF_NEWS * news(reading.relevance().words(i).keySet(), known);
            scores[i] += OF_RECENCY * reading.recency(i);
        }
        return scores;
    }

    /** The share of words that were not there before. */
    private static double news(Set<String> words, Set<String> known) {
        long fresh = words.stream().filter(known::add).count();
        return words.isEmpty() ? 0 : fresh / (double) words.size();
    }
}
