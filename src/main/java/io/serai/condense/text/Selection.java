package io.serai.condense.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import io.serai.context.Outline.Kind;
import io.serai.context.Outline.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the passages with the highest scores that there is room for. */
public final class Selection {
    private static final int ROUNDS = 8;
    /** A gap's mark, which the next passage that is left out brings. */
    private static final int A_GAP = 3;
    /** A longer passage must be worth more; not in proportion, for it says more as well. */
    private static final double BY_LENGTH = 0.25;

    private static final double A_SENTENCE = 12;

    private final Outline outline;
    private final List<Passage> passages;
    private final Measure measure;
    private final Unit[] unitOf;

    public Selection(Outline outline, List<Passage> passages, Measure measure) {
        this.outline = outline;
        this.passages = passages;
        this.measure = measure;
        this.unitOf = new Unit[outline.messages().size()];
        for (Unit unit : outline.units()) {
            for (int i = unit.from(); i < unit.to(); i++) {
                unitOf[i] = unit;
            }
        }
    }

    /**
     * Messages of at most so many tokens, if that can be.
     *
     * @param scores one a passage; what has none above 0 is left out
     * @param texts what stands for each passage if it stays
     */
    public List<ObjectNode> within(long target, double[] scores, @Nullable String[] texts) {
        return within(target, scores, texts, null);
    }

    /** @param note see {@link Extract#messages(String[], String)}; it counts as well, and is left out where it has no room */
    public List<ObjectNode> within(long target, double[] scores, @Nullable String[] texts, @Nullable String note) {
        List<ObjectNode> least = outline.least();
        List<ObjectNode> made = least;
        long budget = target - measure.ofMessages(least) - (note == null ? 0 : measure.ofText(note) + A_GAP);
        Extract extract = new Extract(outline, passages);
        List<Integer> order = order(scores);
        for (int round = 0; round < ROUNDS && budget > 0; round++) {
            made = extract.messages(taken(order, scores, texts, budget), note);
            long over = measure.ofMessages(made) - target;
            if (over <= 0) {
                return made;
            }
            budget -= over + 1;
        }
        return least;
    }

    private List<Integer> order(double[] scores) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            order.add(i);
        }
        double[] worth = new double[scores.length];
        for (int i = 0; i < worth.length; i++) {
            worth[i] = scores[i] / Math.pow(Math.max(A_SENTENCE, passages.get(i).tokens()), BY_LENGTH);
        }
        order.sort(Comparator.comparingDouble(i -> -worth[i]));
        return order;
    }

    private @Nullable String[] taken(List<Integer> order, double[] scores, @Nullable String[] texts, long budget) {
        @Nullable String[] taken = new @Nullable String[passages.size()];
        boolean[] begun = new boolean[outline.messages().size()];
        boolean[] together = new boolean[outline.messages().size()];
        long left = budget;
        for (int i : order) {
            String text = texts[i];
            if (text == null || scores[i] <= 0) {
                continue;
            }
            Passage passage = passages.get(i);
            long cost = cost(passage, text, i, taken, begun, together);
            if (cost <= left) {
                left -= cost;
                taken[i] = text;
                begun[passage.message()] = true;
                together[unitOf[passage.message()].from()] = true;
            }
        }
        return taken;
    }

    private long cost(
            Passage passage, String text, int i, @Nullable String[] taken, boolean[] begun, boolean[] together) {
        long tokens = text.equals(passage.text()) ? passage.tokens() : measure.ofText(text);
        boolean continues = i > 0 && taken[i - 1] != null || i + 1 < taken.length && taken[i + 1] != null;
        long cost = tokens + (continues ? 0 : A_GAP);
        Unit unit = unitOf[passage.message()];
        if (unit.kind() == Kind.TOOLS && !together[unit.from()]) {
            for (int m = unit.from(); m < unit.to(); m++) {
                cost += frame(outline.messages().get(m));
            }
        } else if (!begun[passage.message()] && unit.kind() != Kind.TOOLS) {
            cost += frame(outline.messages().get(passage.message())) + A_GAP;
        }
        return cost;
    }

    /** Of a message without its text: what it costs that it is there at all. */
    private long frame(ObjectNode message) {
        JsonNode content = message.path("content");
        if (!Outline.editable(message) || !content.isTextual() && !content.isArray()) {
            return measure.ofMessage(message);
        }
        return measure.ofMessage(Assembly.with(message, Assembly.GAP));
    }
}
