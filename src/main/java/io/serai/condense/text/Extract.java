package io.serai.condense.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Passage.Fence;
import io.serai.condense.text.Passage.Kind;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes messages of the passages that are to stay. */
public final class Extract {
    private final Outline outline;
    private final List<Passage> passages;

    public Extract(Outline outline, List<Passage> passages) {
        this.outline = outline;
        this.passages = passages;
    }

    /** @param texts of the passages, as they were or shorter; null where one is left out */
    public List<ObjectNode> messages(@Nullable String[] texts) {
        return messages(texts, null);
    }

    /** @param note what is said in the place of the first message that is left out, null for nothing */
    public List<ObjectNode> messages(@Nullable String[] texts, @Nullable String note) {
        Assembly assembly = new Assembly(outline);
        for (int from = 0; from < passages.size(); ) {
            int to = from + 1;
            int message = passages.get(from).message();
            while (to < passages.size() && passages.get(to).message() == message) {
                to++;
            }
            ObjectNode made = message(outline.messages().get(message), from, to, texts);
            if (made != null) {
                assembly.stays(message, made);
            }
            from = to;
        }
        if (note != null) {
            assembly.note(note);
        }
        return assembly.messages();
    }

    private @Nullable ObjectNode message(ObjectNode original, int from, int to, @Nullable String[] texts) {
        boolean none = true;
        boolean all = true;
        for (int i = from; i < to; i++) {
            none &= texts[i] == null;
            all &= passages.get(i).text().equals(texts[i]);
        }
        if (none || all) {
            return none ? null : original;
        }
        if (!original.path("content").isArray()) {
            String text = text(from, to, texts);
            return text.isBlank() ? null : Assembly.with(original, text);
        }
        ArrayNode items = original.arrayNode();
        for (int i = from; i < to; ) {
            int end = i + 1;
            while (end < to && passages.get(end).part() == passages.get(i).part()) {
                end++;
            }
            item(original, i, end, texts, items);
            i = end;
        }
        if (items.isEmpty()) {
            return null;
        }
        ObjectNode made = Assembly.with(original, "");
        made.set("content", items);
        return made;
    }

    private void item(ObjectNode original, int from, int to, @Nullable String[] texts, ArrayNode items) {
        Passage first = passages.get(from);
        if (first.kind() == Kind.WHOLE) {
            if (texts[from] != null) {
                items.add(original.path("content").get(first.part()));
            } else {
                items.addObject().put("type", "text").put("text", first.text() + " " + Assembly.GAP);
            }
            return;
        }
        String text = text(from, to, texts);
        if (!text.isBlank()) {
            ObjectNode item = items.addObject();
            item.setAll((ObjectNode) original.path("content").get(first.part()));
            item.put("text", text);
        }
    }

    /** What stays, with a mark at each gap; of a block of code with the block's own marks. */
    private String text(int from, int to, @Nullable String[] texts) {
        StringBuilder text = new StringBuilder();
        Fence open = null;
        boolean gap = false;
        for (int i = from; i < to; i++) {
            String stays = texts[i];
            if (stays == null) {
                gap = true;
                continue;
            }
            Passage passage = passages.get(i);
            if (open != null && open != passage.fence()) {
                close(text, open, gap);
                gap = false;
                open = null;
            }
            if (passage.fence() != null && open == null) {
                mark(text, gap);
                gap = false;
                if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
                    text.append('\n');
                }
                open = passage.fence();
                text.append(open.open());
            }
            mark(text, gap);
            gap = false;
            text.append(stays);
        }
        if (open != null) {
            close(text, open, gap);
        } else {
            mark(text, gap);
        }
        return text.toString().stripTrailing();
    }

    private static void close(StringBuilder text, Fence open, boolean gap) {
        if (text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        mark(text, gap);
        if (text.charAt(text.length() - 1) != '\n') {
            text.append('\n');
        }
        text.append(open.close());
    }

    private static void mark(StringBuilder text, boolean gap) {
        if (gap) {
            boolean line = text.isEmpty() || text.charAt(text.length() - 1) == '\n';
            boolean blank = !text.isEmpty() && Character.isWhitespace(text.charAt(text.length() - 1));
            text.append(line || blank ? "" : " ").append(Assembly.GAP).append(line ? "\n" : " ");
        }
    }
}
