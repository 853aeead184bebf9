package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Folding;
import io.serai.condense.text.Passage;
import io.serai.condense.text.Passage.Kind;
import io.serai.condense.text.Selection;
import io.serai.condense.text.Words;
import io.serai.context.Outline;
import io.serai.context.Outline.Unit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps code that the question or the newest turns refer to; of other code the bodies are folded away and the signatures stay as
 * far as there is room. Prose goes by the question, and by the code that it names.
 */
final class CodeAware implements Condenser {
    /** Each begins where a name begins and gives nothing back, so that a word of a megabyte is read once. */
    private static final Pattern SYMBOL = Pattern.compile(
            "(?<![\\p{L}\\p{N}_])(?:\\p{L}++_[\\p{L}\\p{N}_]++|\\p{Lu}?+\\p{Ll}++\\p{Lu}[\\p{L}\\p{N}]*+(?!_)|[\\p{L}\\p{N}_]++(?=\\())"
                    + "|(?<![\\p{L}\\p{N}_\\-])[\\p{L}\\p{N}_\\-]++(?:[./][\\p{L}\\p{N}_\\-]++)++|(?<=`)[^`\\n]{2,60}(?=`)");
    /** Units at the end whose symbols count as referred to. */
    private static final int LAST = 4;

    private static final double OF_REFERENCE = 0.5;
    private static final double OF_SYMBOLS = 0.12;
    private static final double OF_SIGNATURE = 0.08;
    private static final double OF_RECENCY = 0.06;

    @Override
    public List<ObjectNode> condense(Outline conversation, Aim aim) {
        Scored.Reading reading = Scored.Reading.of(conversation, aim);
        List<Passage> passages = reading.passages();
        double[] scores = reading.relevance().to(reading.question());
        Set<String> referred = symbols(reading.question());
        List<Unit> units = conversation.units();
        for (Unit unit : units.subList(Math.max(0, units.size() - LAST), units.size())) {
            for (int i = unit.from(); i < unit.to(); i++) {
                referred.addAll(symbols(Outline.words(conversation.messages().get(i))));
            }
        }
        @Nullable String[] texts = new @Nullable String[passages.size()];
        for (int i = 0; i < scores.length; i++) {
            Passage passage = passages.get(i);
            double shared = shared(reading, i, referred);
            boolean wanted = scores[i] > 0.5 || shared > 0;
            texts[i] = passage.kind() == Kind.CODE && !wanted ? Folding.signatures(passage.text()) : passage.text();
            scores[i] += OF_REFERENCE * shared + OF_RECENCY * reading.recency(i) + reading.ofUser(i);
            scores[i] += OF_SYMBOLS * Math.min(1, symbols(passage.text()).size() / 3.0);
            scores[i] += passage.kind() == Kind.CODE || Folding.isSignature(passage.text()) ? OF_SIGNATURE : 0;
        }
        reading.raiseNewest(scores, Scored.NEWEST);
        return new Selection(conversation, passages, aim.measure()).within(aim.target(), scores, texts);
    }

    /** How rare the words are that the passage shares with what is referred to, 0 to 1. */
    private static double shared(Scored.Reading reading, int passage, Set<String> referred) {
        double shared = 0;
        for (String word : reading.relevance().words(passage).keySet()) {
            shared += referred.contains(word) ? reading.relevance().rarity(word) : 0;
        }
        return Math.min(1, shared / 8);
    }

    static Set<String> symbols(String text) {
        Set<String> symbols = new HashSet<>();
        Matcher symbol = SYMBOL.matcher(text);
        while (symbol.find()) {
            String name = symbol.group();
            Words.of(name).stream().limit(1).forEach(symbols::add);
        }
        return symbols;
    }
}
