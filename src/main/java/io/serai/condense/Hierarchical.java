package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Facts;
import io.serai.condense.text.Passage;
import io.serai.condense.text.Selection;
import io.serai.condense.text.TextRank;
import io.serai.context.Outline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what stays true apart from the talk around it: decisions, demands, names, figures and places in code become a list at the
 * beginning; what is left of the older turns are extracts, the sentences that the others speak of most; the newest stay as they
 * are.
 */
final class Hierarchical implements Condenser {
    private static final String HEAD = "[Facts from earlier in this conversation]\n";
    /** Of the room, for the list. */
    private static final double OF_ROOM = 0.4;

    private static final double OF_FORM = 0.35;
    private static final double LEAST_FACT = 0.2;
    private static final double OF_RANK = 0.35;

    @Override
    public List<ObjectNode> condense(Outline conversation, Aim aim) {
        Scored.Reading reading = Scored.Reading.of(conversation, aim);
        List<Passage> passages = reading.passages();
        double[] asked = reading.relevance().to(reading.question());
        double[] facts = new double[passages.size()];
        double[] wanted = new double[passages.size()];
        for (int i = 0; i < facts.length; i++) {
            double form = Facts.weight(reading.text(i));
            wanted[i] = asked[i] + OF_FORM * form + reading.ofUser(i);
            facts[i] = form < LEAST_FACT || passages.get(i).kind() != Passage.Kind.SENTENCE ? 0 : wanted[i];
        }
        @Nullable String[] texts = passages.stream().map(Passage::text).toArray(String[]::new);
        String note = note(reading, facts, texts, (long) (reading.room() * OF_ROOM));
        double[] rank = TextRank.of(reading.relevance(), wanted);
        double[] scores = new double[rank.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = wanted[i] + OF_RANK * rank[i];
        }
        reading.raiseNewest(scores, Scored.NEWEST);
        return new Selection(conversation, passages, aim.measure()).within(aim.target(), scores, texts, note);
    }

    /** The best of the facts, in their order, each with who said it; they are taken out of the texts. */
    private static @Nullable String note(Scored.Reading reading, double[] facts, @Nullable String[] texts, long room) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < facts.length; i++) {
            if (facts[i] > 0) {
                order.add(i);
            }
        }
        order.sort(Comparator.comparingDouble(i -> -facts[i]));
        List<Integer> taken = new ArrayList<>();
        long left = room;
        for (int i : order) {
            left -= reading.passages().get(i).tokens() + 4;
            if (left < 0) {
                break;
            }
            taken.add(i);
        }
        Collections.sort(taken);
        StringBuilder note = new StringBuilder(HEAD);
        for (int i : taken) {
            note.append("- ")
                    .append(reading.role(i))
                    .append(": ")
                    .append(reading.text(i).strip())
                    .append('\n');
            texts[i] = null;
        }
        return taken.isEmpty() ? null : note.toString().stripTrailing();
    }
}
