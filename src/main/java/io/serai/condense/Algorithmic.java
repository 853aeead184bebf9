package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Facts;
import io.serai.condense.text.Passage;
import io.serai.condense.text.Passage.Kind;
import io.serai.condense.text.Selection;
import io.serai.condense.text.Templates;
import io.serai.condense.text.Terse;
import io.serai.context.Outline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compresses without a model, as LongLLMLingua does with one: from coarse to fine. Repeats, polite phrases and lines of one
 * template go first; then the passages with the least information, in themselves and for the question; of the sentences that stay,
 * the words that carry least. Code, figures, names, quotations and lines stay as they are.
 */
final class Algorithmic implements Condenser {
    private static final double OF_DENSITY = 0.12;
    private static final double OF_FACTS = 0.15;
    private static final double OF_RECENCY = 0.05;
    /** Relevance from which on a line is not folded away, and a sentence keeps all its words. */
    private static final double WANTED = 0.6;

    @Override
    public List<ObjectNode> condense(Outline conversation, Aim aim) {
        Scored.Reading reading = Scored.Reading.of(conversation, aim);
        List<Passage> passages = reading.passages();
        double[] scores = reading.relevance().to(reading.question());
        boolean[] wanted = new boolean[scores.length];
        for (int i = 0; i < scores.length; i++) {
            wanted[i] = scores[i] >= WANTED;
        }
        @Nullable String[] texts = Templates.fold(passages, wanted);
        for (int i = 0; i < scores.length; i++) {
            Passage passage = passages.get(i);
            String text = texts[i];
            if (text == null || passage.kind() == Kind.SENTENCE && Facts.isCourtesy(text)) {
                texts[i] = null;
                continue;
            }
            if (text.equals(passage.text()) && !wanted[i]) {
                texts[i] = Terse.of(passage);
            }
            scores[i] += OF_DENSITY * Math.min(1, Terse.density(text) / 2.5) + OF_FACTS * Facts.weight(text);
            scores[i] += OF_RECENCY * reading.recency(i) + reading.ofUser(i);
        }
        reading.raiseNewest(scores, Scored.NEWEST);
        return new Selection(conversation, passages, aim.measure()).within(aim.target(), scores, texts);
    }
}
