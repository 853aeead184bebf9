package io.serai.classify;

import io.serai.config.Sensitive;
import io.serai.embedding.Meanings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All detectors, in the order in which they are asked. Made once; what they need is read with the first text. */
public final class Detectors {
    private final SexualMeaning meaning;
    private final List<Detector> ofPrivacy;
    private volatile @Nullable Lexicon lexicon;

    /** @param meanings asked only where the words leave a text open */
    public Detectors(Meanings meanings) {
        this(meanings, PRIVATE);
    }

    Detectors(Meanings meanings, List<Detector> ofPrivacy) {
        this.meaning = new SexualMeaning(meanings);
        this.ofPrivacy = ofPrivacy;
    }

    /** Those for private data. */
    private static final List<Detector> PRIVATE = List.of(
            new Emails(),
            new Phones(),
            new Accounts(),
            new NationalIds(),
            new Secrets(),
            new Addresses(),
            new Matters(Matters.HEALTH),
            new Matters(Matters.LEGAL),
            new People());

    private static final Detector SEXUAL = new Sexual();

    /**
     * What was found of one kind.
     *
     * @param score 0 to 1
     * @param categories the surest first
     */
    public record Found(double score, List<String> categories) {}

    static final Found NOTHING = new Found(0, List.of());

    /**
     * What a text turns out to be, by all that there is.
     *
     * @param meaningToo whether embeddings may be asked where the words leave it open
     * @throws InterruptedException when the thread is interrupted while they are
     */
    public Found find(Sensitive kind, String text, boolean meaningToo) throws InterruptedException {
        Words words = read(text);
        if (kind == Sensitive.PRIVACY) {
            return findPrivate(words);
        }
        Found byWords = findSexual(words);
        return meaningToo && SexualMeaning.isOpen(byWords.score())
                ? new Found(hearMeaning(words, byWords.score()), byWords.categories())
                : byWords;
    }

    /** A text, taken apart for all kinds. */
    Words read(String text) {
        Lexicon known = lexicon;
        if (known == null) {
            known = Lexicon.read();
            lexicon = known;
        }
        return new Words(text, known);
    }

    Found findPrivate(Words words) {
        Findings found = new Findings();
        ofPrivacy.forEach(detector -> detector.find(words, found));
        return new Found(found.score(), found.categories());
    }

    /** By words alone. */
    Found findSexual(Words words) {
        Findings found = new Findings();
        SEXUAL.find(words, found);
        return new Found(found.score(), found.categories());
    }

    /**
     * The score of sexual content when the meaning has been heard too; that of the words where there are no embeddings.
     *
     * @throws InterruptedException when the thread is interrupted meanwhile
     */
    double hearMeaning(Words words, double score) throws InterruptedException {
        return meaning.hear(words, score);
    }
}
