package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A conversation as what may be left out of it and what may not. It falls into units that are kept or left out whole: a message,
 * or a model's tool calls with all their results. Kept whatever happens are the system prompt, the last turn of the user, tool
 * calls at the end that the model has not yet answered to, an answer that is begun, and pictures that the last turns show or
 * speak of. The messages are never changed.
 */
public final class Outline {
    private final List<ObjectNode> messages;
    private final List<Unit> units;

    /** What a unit is. */
    public enum Kind {
        SYSTEM,
        USER,
        ASSISTANT,
        /** A message with calls, and the results behind it. */
        TOOLS
    }

    /**
     * Messages that stay together.
     *
     * @param from index of its first message
     * @param to behind its last
     * @param kept whether it may not be left out, nor shortened
     */
    public record Unit(int from, int to, Kind kind, boolean kept) {
        boolean isUsers() {
            return kind == Kind.USER;
        }

        private Unit whole() {
            return new Unit(from, to, kind, true);
        }
    }

    private Outline(List<ObjectNode> messages, List<Unit> units) {
        this.messages = messages;
        this.units = units;
    }

    /** @param messages in OpenAI's shape */
    public static Outline of(JsonNode messages) {
        List<ObjectNode> list = new ArrayList<>();
        messages.forEach(message -> list.add((ObjectNode) message));
        return of(list);
    }

    public static Outline of(List<ObjectNode> messages) {
        List<Unit> units = units(messages);
        keepEnd(units);
        for (int pictured : new Pictures(messages).needed(units)) {
            units.set(pictured, units.get(pictured).whole());
        }
        return new Outline(List.copyOf(messages), List.copyOf(units));
    }

    /**
     * What a method has made of a conversation. Kept is what was kept of that: the broker's own marks and notes, which stand there
     * as the user's, are no turns of the user.
     *
     * @param messages where a kept message is the one it was
     */
    public static Outline of(List<ObjectNode> messages, Outline before) {
        Set<ObjectNode> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Unit unit : before.units) {
            if (unit.kept()) {
                kept.addAll(before.messages.subList(unit.from(), unit.to()));
            }
        }
        List<Unit> units = units(messages);
        units.replaceAll(unit -> kept.contains(messages.get(unit.from())) ? unit.whole() : unit);
        return new Outline(List.copyOf(messages), List.copyOf(units));
    }

    private static List<Unit> units(List<ObjectNode> messages) {
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < messages.size(); ) {
            ObjectNode message = messages.get(i);
            int to = i + 1;
            Kind kind = switch (message.path("role").asText()) {
                case "system", "developer" -> Kind.SYSTEM;
                case "user" -> Kind.USER;
                case "tool", "function" ->
                    Kind.TOOLS; // of calls that are not there: nothing may come between all the same
                default -> calls(message) ? Kind.TOOLS : Kind.ASSISTANT;
            };
            while (kind == Kind.TOOLS && to < messages.size() && isResult(messages.get(to))) {
                to++;
            }
            units.add(new Unit(i, to, kind, kind == Kind.SYSTEM));
            i = to;
        }
        return units;
    }

    private static boolean calls(ObjectNode message) {
        return !message.path("tool_calls").isEmpty()
                || message.path("function_call").isObject();
    }

    private static boolean isResult(ObjectNode message) {
        String role = message.path("role").asText();
        return role.equals("tool") || role.equals("function");
    }

    /** The last turn of the user, which may be several messages, and the last unit. */
    private static void keepEnd(List<Unit> units) {
        int last = units.size() - 1;
        if (last >= 0) {
            units.set(last, units.get(last).whole());
        }
        int asked = last;
        while (asked >= 0 && !units.get(asked).isUsers()) {
            asked--;
        }
        for (; asked >= 0; asked--) {
            Unit unit = units.get(asked);
            if (unit.isUsers()) {
                units.set(asked, unit.whole());
            } else if (unit.kind() != Kind.SYSTEM) {
                return;
            }
        }
    }

    public List<ObjectNode> messages() {
        return messages;
    }

    /** In order; together they are all messages. */
    public List<Unit> units() {
        return units;
    }

    /** The words of the user's last turn; empty when there is none. */
    public String question() {
        StringBuilder words = new StringBuilder();
        int last = units.size() - 1;
        while (last >= 0 && !units.get(last).isUsers()) {
            last--;
        }
        int first = last;
        while (first > 0 && units.get(first - 1).isUsers()) {
            first--;
        }
        for (int i = first; i <= last && i >= 0; i++) {
            words.append(words(messages.get(units.get(i).from()))).append('\n');
        }
        return words.toString().strip();
    }

    /** The shortest that it can become: what is always kept, in an order of roles that vendors accept. */
    public List<ObjectNode> least() {
        return new Assembly(this).messages();
    }

    /** The text of a message, of a list all its texts. */
    public static String words(JsonNode message) {
        JsonNode content = message.path("content");
        if (!content.isArray()) {
            return content.asText("");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode item : content) {
            if (item.path("text").isTextual()) {
                text.append(text.isEmpty() ? "" : "\n").append(item.path("text").asText());
            }
        }
        return text.toString();
    }

    /**
     * Whether the text of a message may be shortened: not where a model has put its signature under what it thought, for the
     * message then goes back as it came or not at all.
     */
    public static boolean editable(ObjectNode message) {
        if (!message.path("thinking_blocks").isEmpty()
                || !message.path("reasoning_details").isEmpty()
                || message.has("extra_content")) {
            return false;
        }
        for (JsonNode call : message.path("tool_calls")) {
            if (call.has("extra_content")) {
                return false;
            }
        }
        JsonNode content = message.path("content");
        return content.isTextual() || content.isArray();
    }
}
