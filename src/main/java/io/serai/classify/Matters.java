package io.serai.classify;

import java.util.List;

/**
 * Health, and trouble with the law, where they are somebody's: an illness in a textbook is nobody's. The somebody is the writer, a
 * relative, a patient or client, or a person with a name.
 */
final class Matters implements Detector {
    static final String HEALTH = "health";
    static final String LEGAL = "legal";
    private static final int REACH = 12;
    private static final int CLOSE = 2;
    /** Words to look at on either side. */
    private static final int FAR = REACH + Lexicon.LONGEST;
    /** Words of a file from its head to what it is about. */
    private static final int FILE = 60;

    private final String category;

    /** @param category also the one of the lexicon */
    Matters(String category) {
        this.category = category;
    }

    @Override
    public void find(Words words, Findings found) {
        List<Lexicon.Hit> matters = words.hits(category);
        for (Lexicon.Hit matter : matters) {
            double whose = whose(words, matter);
            found.add(category, whose * matter.weight());
        }
    }

    /** How sure it is that the matter is somebody's. */
    private double whose(Words words, Lexicon.Hit matter) {
        double sure = 0;
        for (Lexicon.Hit said : words.hits("whose-" + category, matter.from() - FAR, matter.to() + FAR)) {
            sure = Math.max(sure, beside(words, said, matter, REACH));
        }
        for (Lexicon.Hit said : words.hits("whose", matter.from() - FAR, matter.to() + FAR)) {
            sure = Math.max(sure, beside(words, said, matter, REACH));
        }
        for (Lexicon.Hit mine : words.hits("mine", matter.from() - FAR, matter.to() + FAR)) {
            sure = Math.max(sure, beside(words, mine, matter, CLOSE));
        }
        for (Lexicon.Hit file : words.hits("cue-patient", matter.from() - FILE, matter.from())) {
            if (People.near(words, words.start(file.from()), REACH)) {
                sure = Math.max(sure, file.weight());
            }
        }
        return sure;
    }

    /** In the same sentence, before it within reach or right behind it, and nothing between that makes it a subject of talk. */
    private static double beside(Words words, Lexicon.Hit said, Lexicon.Hit matter, int reach) {
        boolean before = said.from() <= matter.from() && matter.from() - said.to() <= reach;
        boolean behind = said.from() >= matter.to() && said.from() - matter.to() <= CLOSE;
        if (!(before || behind) || !words.sameSentence(said.from(), matter.from())) {
            return 0;
        }
        int from = Math.min(said.from(), matter.from());
        int to = Math.max(said.to(), matter.to());
        for (Lexicon.Hit talk : words.hits("just-talk", from - 1, to + 3)) {
            return said.weight() * talk.weight();
        }
        return said.weight();
    }
}
