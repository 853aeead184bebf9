package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import io.serai.context.Outline.Unit;
import java.util.List;

/** Keeps the newest messages that there is room for, whole. It always comes to an end, and so stands behind every chain. */
final class SlidingWindow implements Condenser {
    @Override
    public List<ObjectNode> condense(Outline conversation, Aim aim) {
        List<ObjectNode> made = conversation.least();
        List<Unit> units = conversation.units();
        // found by halves: what a unit costs depends on the marks that it needs around it
        int fits = units.size();
        int tooMany = -1;
        while (fits - tooMany > 1) {
            int from = (fits + tooMany) / 2;
            List<ObjectNode> tried = from(conversation, from);
            if (aim.measure().ofMessages(tried) <= aim.target()) {
                made = tried;
                fits = from;
            } else {
                tooMany = from;
            }
        }
        return made;
    }

    private static List<ObjectNode> from(Outline conversation, int first) {
        Assembly assembly = new Assembly(conversation);
        List<Unit> units = conversation.units();
        for (Unit unit : units.subList(first, units.size())) {
            for (int i = unit.from(); i < unit.to(); i++) {
                assembly.stays(i, conversation.messages().get(i));
            }
        }
        return assembly.messages();
    }
}
