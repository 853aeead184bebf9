package io.serai.context;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Outline.Kind;
import io.serai.context.Outline.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a shorter conversation of what is to stay of an {@link Outline}. What is always kept is there as it was; tool calls come
 * with all their results, if only with a mark in the place of one; and where what stood between two messages of one side is gone,
 * a mark speaks for the other side, so that roles take turns wherever they did before.
 */
public final class Assembly {
    /** In the place of what was left out. */
    public static final String GAP = "[...]";

    private final Outline outline;
    private final @Nullable ObjectNode[] stays;
    private @Nullable String note;

    /** Of nothing but what is always kept, until more is said to stay. */
    public Assembly(Outline outline) {
        this.outline = outline;
        this.stays = new @Nullable ObjectNode[outline.messages().size()];
    }

    /** The message stays, as it was or shortened; without effect on one that is kept anyway. */
    public void stays(int index, ObjectNode message) {
        stays[index] = message;
    }

    /**
     * What is said, as a user's message, where the first message is left out; at the beginning where none is before the user's last
     * turn, which nothing of the user's comes behind.
     */
    public void note(String text) {
        note = text;
    }

    public List<ObjectNode> messages() {
        List<ObjectNode> messages = new ArrayList<>();
        @Nullable Unit before = null; // the last that is there
        boolean usersBetween = false;
        boolean othersBetween = false;
        boolean noted = false;
        boolean first =
                note != null && outline.units().stream().limit(lastTurn()).allMatch(this::isThere);
        for (Unit unit : outline.units()) {
            if (unit.kind() == Kind.SYSTEM) {
                messages.addAll(outline.messages().subList(unit.from(), unit.to()));
                continue;
            }
            if (first) {
                first = false;
                noted = true;
                messages.add(said("user", String.valueOf(note)));
                before = new Unit(0, 0, Kind.USER, true);
                othersBetween = true; // as below
            }
            if (!isThere(unit)) {
                if (note != null && !noted) {
                    noted = true;
                    if (before != null && before.kind() != Kind.ASSISTANT) {
                        messages.add(said("assistant", GAP)); // who answers tools is the model
                    }
                    messages.add(said("user", note));
                    before = new Unit(0, 0, Kind.USER, true);
                    usersBetween = false;
                    othersBetween = true; // whoever speaks next as the user does it behind a mark
                    continue;
                }
                usersBetween |= unit.isUsers();
                othersBetween |= !unit.isUsers();
                continue;
            }
            if (unit.isUsers()) {
                if (othersBetween && before != null && before.kind() != Kind.ASSISTANT) {
                    messages.add(said("assistant", GAP));
                }
            } else if (usersBetween && (before == null || before.kind() == Kind.ASSISTANT)) {
                messages.add(said("user", GAP));
            }
            add(unit, messages);
            before = unit;
            usersBetween = false;
            othersBetween = false;
        }
        return messages;
    }

    /** How many units are before the user's last turn; all where there is none. */
    private int lastTurn() {
        List<Unit> units = outline.units();
        int begin = units.size();
        for (int i = units.size() - 1; i >= 0; i--) {
            Unit unit = units.get(i);
            if (unit.isUsers() && unit.kept()) {
                begin = i;
            } else if (unit.kind() != Kind.SYSTEM && begin < units.size()) {
                break;
            }
        }
        return begin;
    }

    private boolean isThere(Unit unit) {
        return unit.kept() || stays(unit);
    }

    private boolean stays(Unit unit) {
        for (int i = unit.from(); i < unit.to(); i++) {
            if (stays[i] != null) {
                return true;
            }
        }
        return false;
    }

    private void add(Unit unit, List<ObjectNode> messages) {
        for (int i = unit.from(); i < unit.to(); i++) {
            ObjectNode original = outline.messages().get(i);
            ObjectNode shortened = stays[i];
            if (unit.kept()) {
                messages.add(original);
            } else if (shortened != null) {
                messages.add(shortened);
            } else {
                messages.add(emptied(original));
            }
        }
    }

    /** A message that is there only because others of its unit are. */
    static ObjectNode emptied(ObjectNode message) {
        boolean result = !message.path("tool_call_id").isMissingNode()
                || message.path("role").asText().equals("function");
        if (!result && !Outline.editable(message)) {
            return message; // signed, or without any text
        }
        return with(message, GAP);
    }

    /** The message with another text in place of its content. */
    public static ObjectNode with(ObjectNode message, String text) {
        ObjectNode copy = message.objectNode();
        copy.setAll(message);
        if (Outline.editable(message)) {
            copy.remove("reasoning_content"); // thoughts that nobody signed are worth less than the words they led to
        }
        return copy.put("content", text);
    }

    private static ObjectNode said(String role, String text) {
        return JsonNodeFactory.instance.objectNode().put("role", role).put("content", text);
    }
}
