package io.serai.condense.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Passage.Fence;
import io.serai.condense.text.Passage.Kind;
import io.serai.context.Outline;
import io.serai.context.Outline.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes apart what may be shortened of a conversation. */
public final class Passages {
    private static final Pattern FENCE = Pattern.compile("(?m)^[ \\t]*(```|~~~)[^\\n`]*(\\n|$)");
    /** Behind a mark that ends a sentence, and not one of a number or an abbreviation of one letter. */
    private static final Pattern SENTENCE_END = Pattern.compile(
            "(?<![.\\s]\\p{Lu})(?<!\\b(?:e\\.g|i\\.e|vs|Dr|Mr|Mrs|No|approx))" + "[.!?…][\"')\\]*]*\\s+|[。！？]\\s*");
    /** Of code a chunk ends at the next blank line after so many characters, and at the next line after twice as many. */
    private static final int CODE_CHUNK = 240;

    private static final int LONGEST_LINE = 400;
    /** Twice as long as people write them: a row of signs, or a writing that has other marks. */
    private static final int LONGEST_SENTENCE = 800;

    private static final int LONGEST_CODE = 4 * CODE_CHUNK;

    private static final int SHORTEST_SENTENCE = 25;

    private final Outline outline;
    private final Measure measure;
    private final List<Passage> passages = new ArrayList<>();

    private Passages(Outline outline, Measure measure) {
        this.outline = outline;
        this.measure = measure;
    }

    /** Of everything that is not kept anyway, in order. */
    public static List<Passage> of(Outline outline, Measure measure) {
        Passages made = new Passages(outline, measure);
        for (Unit unit : outline.units()) {
            for (int i = unit.from(); i < unit.to() && !unit.kept(); i++) {
                made.message(i);
            }
        }
        return made.passages;
    }

    private void message(int index) {
        ObjectNode message = outline.messages().get(index);
        JsonNode content = message.path("content");
        if (!Outline.editable(message)) {
            String words = Outline.words(message);
            passages.add(new Passage(index, -1, Kind.WHOLE, words, null, measure.ofMessage(message)));
        } else if (content.isTextual()) {
            text(index, -1, content.asText());
        } else {
            for (int part = 0; part < content.size(); part++) {
                JsonNode item = content.get(part);
                if (item.path("text").isTextual()) {
                    text(index, part, item.path("text").asText());
                } else {
                    ObjectNode alone = message.objectNode();
                    alone.putArray("content").add(item);
                    String name = "[" + item.path("type").asText("file") + "]";
                    passages.add(new Passage(index, part, Kind.WHOLE, name, null, measure.ofMessage(alone)));
                }
            }
        }
    }

    private void text(int message, int part, String text) {
        Matcher fence = FENCE.matcher(text);
        int at = 0;
        while (fence.find(at)) {
            Matcher close = FENCE.matcher(text);
            int begin = fence.end();
            if (!close.find(begin)) {
                break;
            }
            prose(message, part, text.substring(at, fence.start()));
            code(
                    message,
                    part,
                    text.substring(begin, close.start()),
                    new Fence(fence.group().endsWith("\n") ? fence.group() : fence.group() + "\n", close.group()));
            at = close.end();
        }
        prose(message, part, text.substring(at));
    }

    private void code(int message, int part, String text, Fence fence) {
        int from = 0;
        while (from < text.length()) {
            int to = text.length();
            for (int line = nextLine(text, from); line < text.length(); line = nextLine(text, line)) {
                boolean blank = text.charAt(line) == '\n';
                if (line - from >= CODE_CHUNK && blank || line - from >= 2 * CODE_CHUNK) {
                    to = blank ? nextLine(text, line) : line;
                    break;
                }
            }
            if (to - from > LONGEST_CODE) { // minified
                int line = text.lastIndexOf('\n', from + LONGEST_LINE);
                to = line > from ? line + 1 : cut(text, from, from + LONGEST_LINE);
            }
            add(message, part, Kind.CODE, text.substring(from, to), fence);
            from = to;
        }
    }

    /** Behind the end of the line. */
    private static int nextLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end + 1;
    }

    private void prose(int message, int part, String text) {
        for (int from = 0; from < text.length(); ) {
            int to = nextLine(text, from);
            while (to < text.length() && Character.isWhitespace(text.charAt(to)) && blank(text, to)) {
                to = nextLine(text, to);
            }
            line(message, part, text.substring(from, to));
            from = to;
        }
    }

    private static boolean blank(String text, int from) {
        for (int i = from; i < text.length() && text.charAt(i) != '\n'; i++) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void line(int message, int part, String line) {
        if (!isProse(line)) {
            for (int from = 0; from < line.length(); ) {
                int to = line.length();
                if (to - from > LONGEST_LINE) { // JSON on one line, say
                    to = cut(line, from, from + LONGEST_LINE);
                }
                add(message, part, Kind.LINE, line.substring(from, to), null);
                from = to;
            }
            return;
        }
        Matcher end = SENTENCE_END.matcher(line);
        int from = 0;
        while (end.find()) {
            if (end.end() - from >= SHORTEST_SENTENCE && line.length() - end.end() > 0) {
                sentence(message, part, line, from, end.end());
                from = end.end();
            }
        }
        sentence(message, part, line, from, line.length());
    }

    private void sentence(int message, int part, String line, int begin, int end) {
        int from = begin;
        while (end - from > LONGEST_SENTENCE) {
            int to = cut(line, from, from + LONGEST_LINE);
            add(message, part, Kind.SENTENCE, line.substring(from, to), null);
            from = to;
        }
        add(message, part, Kind.SENTENCE, line.substring(from, end), null);
    }

    /** Behind a separator of structured text, else behind a blank. */
    private static int cut(String line, int from, int to) {
        String begin = line.substring(from, Math.min(line.length(), to + 2));
        for (String separator : List.of("},", "],", ",", " ")) {
            int at = begin.lastIndexOf(separator, to - from);
            if (at > LONGEST_LINE / 3) {
                return from + at + separator.length();
            }
        }
        return Character.isHighSurrogate(line.charAt(to - 1)) ? to - 1 : to;
    }

    /** Words for the most part, as people write them. */
    static boolean isProse(String line) {
        int letters = 0;
        int others = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isLetter(c) || c == ' ') {
                letters++;
            } else if (!Character.isWhitespace(c)) {
                others++;
            }
        }
        boolean indented = line.startsWith("    ") || line.startsWith("\t");
        return letters > 30 && others * 6 < letters && !indented;
    }

    private void add(int message, int part, Kind kind, String text, @Nullable Fence fence) {
        if (text.isEmpty()) {
            return;
        }
        if (text.isBlank() && !passages.isEmpty()) {
            Passage last = passages.getLast();
            if (last.message() == message && last.part() == part && last.fence() == fence && last.isText()) {
                passages.removeLast();
                passages.add(new Passage(message, part, last.kind(), last.text() + text, fence, last.tokens()));
                return;
            }
        }
        passages.add(new Passage(message, part, kind, text, fence, measure.ofText(text)));
    }
}
