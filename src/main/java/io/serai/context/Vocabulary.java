package io.serai.context;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's public encodings, by which a text's tokens can be counted. One is read when it is first needed (a third of a second of
 * the processor, up to 30 MB) and stays. Not counted by on an event loop, but
 * where the last line of Ollama's stream leaves out the count of its prompt.
 */
enum Vocabulary {
    CL100K_BASE(EncodingType.CL100K_BASE, false),
    O200K_BASE(EncodingType.O200K_BASE, true);

    private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();

    /** Most words of a text are among the few thousand that most texts are made of. */
    private static final int KNOWN = 1 << 15;

    /** Longer ones are rare, and this keeps no client's long secrets in memory. */
    private static final int LONGEST_KNOWN = 24;

    /** Of a token, where a piece has to be cut: a row of signs may have more, and is cut early then. */
    private static final int MOST_CHARACTERS = 16;

    private final EncodingType type;
    private final boolean byCase;
    /** By hash; whoever comes later takes the place. A race loses an entry and nothing else. */
    private final @Nullable Known[] known = new Known[KNOWN];

    private volatile @Nullable Encoding encoding;

    private record Known(String piece, int tokens) {}

    Vocabulary(EncodingType type, boolean byCase) {
        this.type = type;
        this.byCase = byCase;
    }

    long count(String text) {
        Pieces pieces = new Pieces(text, byCase);
        long tokens = 0;
        for (int from = 0; from < text.length(); ) {
            int to = pieces.end(from);
            tokens += count(text, from, to);
            from = to;
        }
        return tokens;
    }

    /** Where a piece of text that begins at {@code from} has so many tokens, or one that can't be cut less of them. */
    int reach(String text, int from, long tokens) {
        Pieces pieces = new Pieces(text, byCase);
        long left = tokens;
        int at = from;
        while (at < text.length()) {
            int to = pieces.end(at);
            left -= count(text, at, to);
            if (left < 0) {
                return at > from ? at : within(text, from, to, tokens);
            }
            at = to;
        }
        return at;
    }

    /** Of a single piece, which may be as long as the text, as much as has no more tokens. */
    private int within(String text, int from, int end, long tokens) {
        int fits = from;
        int tooFar = (int) Math.min(end, from + tokens * MOST_CHARACTERS) + 1;
        while (tooFar - fits > 1) {
            int middle = (fits + tooFar) >>> 1;
            if (count(text, from, middle) <= tokens) {
                fits = middle;
            } else {
                tooFar = middle;
            }
        }
        return fits;
    }

    private int count(String text, int from, int to) {
        if (to - from > LONGEST_KNOWN) {
            return encoding().countTokensOrdinary(text.substring(from, to));
        }
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text.charAt(i); // String's own
        }
        int place = (hash ^ hash >>> 15) & KNOWN - 1;
        Known found = known[place];
        if (found != null && found.piece.length() == to - from && text.startsWith(found.piece, from)) {
            return found.tokens;
        }
        String piece = text.substring(from, to);
        int tokens = encoding().countTokensOrdinary(piece);
        known[place] = new Known(piece, tokens);
        return tokens;
    }

    /** Has it read, unless it is. */
    void read() {
        encoding();
    }

    private Encoding encoding() {
        Encoding read = encoding;
        if (read == null) {
            synchronized (this) { // many may be the first
                read = ENCODINGS.getEncoding(type);
                encoding = read;
            }
        }
        return read;
    }
}
