package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import io.serai.context.Outline.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One conversation's older part, to be summed up by a model; a beginning of it may have been summed up before. What is newer stays
 * as it is.
 */
final class Summing {
    /** Of the room beside what is always kept, for what stays as it is; the summary has the rest. */
    private static final double NEWER = 0.5;

    private static final String HEAD = "[Summary of the conversation until here]\n";

    private final Outline outline;
    private final Condenser.Aim aim;
    private final List<String> beginnings;
    private final Summaries summaries;
    /** Unit with which begins what stays as it is. */
    private int cut;
    /** Unit up to which there is a summary. */
    private int known;

    private @Nullable String summary;

    Summing(Outline outline, Condenser.Aim aim, String salt, Summaries summaries) {
        this.outline = outline;
        this.aim = aim;
        this.summaries = summaries;
        this.beginnings = Summaries.beginnings(salt, outline.messages());
        List<Unit> units = outline.units();
        long room = aim.target() - aim.measure().ofMessages(outline.least());
        double left = room * NEWER;
        for (cut = units.size(); cut > 0; cut--) {
            Unit unit = units.get(cut - 1);
            left -= unit.kept()
                    ? 0
                    : aim.measure().ofMessages(outline.messages().subList(unit.from(), unit.to()));
            if (left < 0) {
                break;
            }
        }
        for (int unit = units.size(); unit > 0 && summary == null; unit--) {
            summary = summaries.of(name(unit));
            known = unit;
        }
        known = summary == null ? 0 : known;
    }

    private String name(int units) {
        return beginnings.get(outline.units().get(units - 1).to());
    }

    /** Whether what is known will not do. */
    boolean needsMore() {
        return summary == null || aim.measure().ofMessages(made(known)) > aim.target();
    }

    /** What was said before of what was then the older part; null for nothing. */
    @Nullable
    String earlier() {
        return summary;
    }

    /** What the summary does not speak of yet and is to. */
    List<ObjectNode> unread() {
        List<ObjectNode> unread = new ArrayList<>();
        List<Unit> units = outline.units();
        for (Unit unit : units.subList(Math.min(known, cut), cut)) {
            if (!unit.kept()) {
                unread.addAll(outline.messages().subList(unit.from(), unit.to()));
            }
        }
        return unread;
    }

    /** How many messages the older part has. */
    int upTo() {
        return cut == 0 ? 0 : outline.units().get(cut - 1).to();
    }

    /**
     * What the model has said.
     *
     * @param upTo of how many messages, of this one's older part or of another's
     */
    void summedUp(String text, int upTo) {
        List<Unit> units = outline.units();
        known = 0;
        while (known < units.size() && units.get(known).to() <= upTo) {
            known++;
        }
        summary = text;
        if (known > 0) {
            summaries.put(name(known), text);
        }
    }

    /**
     * The summary, and what is newer than what it speaks of, as far as there is room.
     *
     * @throws CondenseException when there is no summary
     */
    List<ObjectNode> messages() throws CondenseException {
        if (summary == null) {
            throw new CondenseException("there is no summary");
        }
        List<ObjectNode> made = made(known);
        for (int from = known + 1; from <= outline.units().size() && isTooLong(made); from++) {
            made = made(from);
        }
        return made;
    }

    private boolean isTooLong(List<ObjectNode> made) {
        return aim.measure().ofMessages(made) > aim.target();
    }

    private List<ObjectNode> made(int from) {
        Assembly assembly = new Assembly(outline);
        assembly.note(HEAD + summary);
        List<Unit> units = outline.units();
        for (Unit unit : units.subList(from, units.size())) {
            for (int i = unit.from(); i < unit.to(); i++) {
                assembly.stays(i, outline.messages().get(i));
            }
        }
        return assembly.messages();
    }
}
