package io.serai.stub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events in chunked encoding, one write an event, with what can go wrong on the way.
 *
 * <p>Immutable: every option returns a changed copy. Events are counted from the first one written, for OpenAI's shape the
 * role-only chunk; {@code n} events are written before the mishap. Beyond the last event a mishap comes after it.
 */
public final class StreamScript implements Script {
    private enum Mishap {
        NONE,
        CUT,
        CUT_WITHIN,
        RESET,
        END,
        ERROR,
        STALL
    }

    private final Function<RecordedRequest, List<String>> events;
    private Duration beforeHeaders = Duration.ZERO;
    private Duration beforeFirst = Duration.ZERO;
    private Duration between = Duration.ZERO;
    private @Nullable CompletionStage<?> gate;
    private int gateAfter;
    private Mishap mishap = Mishap.NONE;
    private int mishapAfter;
    private String error =
            Scripts.errorBody("The server had an error while answering.", "server_error", "server_error");
    private int pieceBytes = Integer.MAX_VALUE;
    private String lineEnd = "\n";
    private String[] headers = {"content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache"};

    /** Events come whole, with field names and their closing empty line, lines ended by {@code \n}. */
    StreamScript(Function<RecordedRequest, List<String>> events) {
        this.events = events;
    }

    private StreamScript(StreamScript from) {
        events = from.events;
        beforeHeaders = from.beforeHeaders;
        beforeFirst = from.beforeFirst;
        between = from.between;
        gate = from.gate;
        gateAfter = from.gateAfter;
        mishap = from.mishap;
        mishapAfter = from.mishapAfter;
        error = from.error;
        pieceBytes = from.pieceBytes;
        lineEnd = from.lineEnd;
        headers = from.headers;
    }

    /** Silent before the headers. */
    public StreamScript headersAfter(Duration delay) {
        StreamScript copy = new StreamScript(this);
        copy.beforeHeaders = delay;
        return copy;
    }

    /** Silent between the headers and the first event. */
    public StreamScript firstEventAfter(Duration delay) {
        StreamScript copy = new StreamScript(this);
        copy.beforeFirst = delay;
        return copy;
    }

    /** Silent between one event and the next. */
    public StreamScript between(Duration delay) {
        StreamScript copy = new StreamScript(this);
        copy.between = delay;
        return copy;
    }

    /** Silent after {@code n} events until the stage completes; 0 holds the first event back, the headers are sent. */
    public StreamScript gateAfter(int n, CompletionStage<?> stage) {
        StreamScript copy = new StreamScript(this);
        copy.gate = stage;
        copy.gateAfter = n;
        return copy;
    }

    /** Closes the connection (FIN) after {@code n} events, without the last chunk: the transfer is visibly incomplete. */
    public StreamScript cutAfter(int n) {
        return mishap(Mishap.CUT, n);
    }

    /** Closes the connection (FIN) in the middle of the event that follows {@code n} whole ones. */
    public StreamScript cutWithin(int n) {
        return mishap(Mishap.CUT_WITHIN, n);
    }

    /** Breaks the connection (RST) after {@code n} events. */
    public StreamScript resetAfter(int n) {
        return mishap(Mishap.RESET, n);
    }

    /** Ends the transfer in good order after {@code n} events, so that only the missing end of the stream tells. */
    public StreamScript endAfter(int n) {
        return mishap(Mishap.END, n);
    }

    /** Sends OpenAI's in-stream error after {@code n} events and ends the transfer in good order, without {@code [DONE]}. */
    public StreamScript errorAfter(int n) {
        return mishap(Mishap.ERROR, n);
    }

    /** The same with a body of one's own, one line. */
    public StreamScript errorAfter(int n, String jsonBody) {
        StreamScript copy = errorAfter(n);
        copy.error = jsonBody;
        return copy;
    }

    /** Falls silent after {@code n} events until the peer closes. */
    public StreamScript stallAfter(int n) {
        return mishap(Mishap.STALL, n);
    }

    /** Writes each event in pieces of that many bytes, a chunk each, so that events and characters are split across reads. */
    public StreamScript inPieces(int bytes) {
        StreamScript copy = new StreamScript(this);
        copy.pieceBytes = bytes;
        return copy;
    }

    /** Ends lines with {@code \r\n} or {@code \r} instead of {@code \n}. */
    public StreamScript lineEnd(String end) {
        StreamScript copy = new StreamScript(this);
        copy.lineEnd = end;
        return copy;
    }

    /** All headers but the framing, names and values in turn, instead of the usual ones. */
    public StreamScript headers(String... namesAndValues) {
        StreamScript copy = new StreamScript(this);
        copy.headers = namesAndValues.clone();
        return copy;
    }

    private StreamScript mishap(Mishap kind, int after) {
        StreamScript copy = new StreamScript(this);
        copy.mishap = kind;
        copy.mishapAfter = after;
        return copy;
    }

    @Override
    public void play(Exchange exchange) throws IOException {
        List<String> all = events.apply(exchange.request());
        exchange.pause(beforeHeaders);
        exchange.startChunks(200, headers);
        exchange.pause(beforeFirst);
        for (int i = 0; i < all.size(); i++) {
            if (mishap != Mishap.NONE && i == mishapAfter) {
                strike(exchange, all.get(i));
                return;
            }
            if (gate != null && i == gateAfter) {
                exchange.await(gate);
            }
            if (i > 0) {
                exchange.pause(between);
            }
            event(exchange, all.get(i));
        }
        if (mishap != Mishap.NONE) {
            strike(exchange, "");
        } else {
            exchange.endChunks();
        }
    }

    private void strike(Exchange exchange, String next) throws IOException {
        switch (mishap) {
            case NONE, END -> exchange.endChunks();
            case CUT -> exchange.close();
            case CUT_WITHIN -> {
                byte[] bytes = next.getBytes(StandardCharsets.UTF_8);
                if (bytes.length > 1) {
                    exchange.chunk(Arrays.copyOf(bytes, bytes.length / 2));
                }
                exchange.close();
            }
            case RESET -> exchange.reset();
            case ERROR -> {
                exchange.pause(between);
                event(exchange, "data: " + error + "\n\n");
                exchange.endChunks();
            }
            case STALL -> exchange.awaitPeerClosed();
        }
    }

    private void event(Exchange exchange, String event) throws IOException {
        byte[] bytes = event.replace("\n", lineEnd).getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; ) {
            int end = (int) Math.min(bytes.length, (long) at + pieceBytes);
            exchange.chunk(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        exchange.eventWritten();
    }
}
