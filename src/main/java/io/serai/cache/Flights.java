package io.serai.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.WholeUsage;
import io.serai.stream.ChunkLog;
import io.serai.stream.ReplyStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Requests that ask the same at the same time: one of them is made, and all get its answer. Nobody waits for one that fails; its
 * leader's failure is its own, and the others go for themselves.
 */
final class Flights {
    private final Map<String, Flight> flying = new ConcurrentHashMap<>();
    private final Replies replies;
    private final Assembly assembly;
    private final Clearings clearings;

    Flights(Replies replies, Assembly assembly, Clearings clearings) {
        this.clearings = clearings;
        this.replies = replies;
        this.assembly = assembly;
    }

    /** Returns with the answer of another, with a flight to lead, or with neither. */
    void join(Call call, Lookup lookup) throws Exception {
        String key = lookup.key.hash();
        while (true) {
            Flight[] mine = new Flight[1];
            Flight flight = flying.computeIfAbsent(
                    key, k -> mine[0] = new Flight(call, lookup, () -> flying.remove(k, mine[0])));
            if (flight == mine[0]) {
                lookup.leads(flight);
                return;
            }
            if (clearings.cover(flight.lookup().since, flight.lookup()::mayBeIn)) {
                flight.close(); // what it brings is of before the clear
                continue;
            }
            Flight.Landing landing = await(call, flight.landing());
            if (!(landing instanceof Flight.Landing.Nothing(boolean again))) {
                take(call, lookup, flight, landing);
                return;
            }
            if (!again) {
                return;
            }
        }
    }

    private void take(Call call, Lookup lookup, Flight flight, Flight.Landing landing) throws Exception {
        switch (landing) {
            case Flight.Landing.Whole(ObjectNode body) -> replies.give(call, lookup, flight.leader(), body);
            case Flight.Landing.Live live when call.streaming() -> replies.give(call, lookup, flight.leader(), live);
            case Flight.Landing.Live live -> takeWhole(call, lookup, flight, live);
            case Flight.Landing.Nothing nothing -> {}
        }
    }

    /** It asked for a whole answer, and gets one when the stream is complete. */
    private void takeWhole(Call call, Lookup lookup, Flight flight, Flight.Landing.Live live) throws Exception {
        if (!live.stream().join()) {
            return;
        }
        List<byte[]> chunks;
        try {
            chunks = await(call, live.log().over()) ? live.log().chunks() : null;
        } finally {
            live.stream().leave();
        }
        ObjectNode whole = chunks == null ? null : assembly.whole(chunks);
        Attempt served = flight.leader().served();
        if (whole != null && served != null && Completeness.of(whole)) {
            whole.put("model", served.servedModel());
            WholeUsage.put(whole, flight.leader(), served);
            replies.give(call, lookup, flight.leader(), whole);
        }
    }

    /** @throws UpstreamException when the client goes away meanwhile */
    private static <T> T await(Call call, CompletableFuture<T> what) throws Exception {
        CompletableFuture<T> waited = what.copy(); // whoever stops waiting ends its own wait only
        try {
            call.cancellation().during(() -> waited.cancel(false));
            return waited.get();
        } catch (ExecutionException | java.util.concurrent.CancellationException e) {
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } finally {
            call.cancellation().done();
        }
    }

    /** The call has its reply: it is noted for keeping, and given to those that wait. */
    void answered(Call call, Lookup lookup) throws UpstreamException {
        Attempt served = call.served();
        Flight flight = lookup.flight();
        ClientResponse client = call.client();
        if (served != null && served.reply() instanceof Reply.Complete(ObjectNode body)) {
            if (Completeness.of(body)) {
                ObjectNode copy = body.deepCopy();
                lookup.got(copy);
                if (flight != null) {
                    ObjectNode theirs = copy.deepCopy();
                    WholeUsage.put(theirs, call, served);
                    flight.land(new Flight.Landing.Whole(theirs));
                }
            }
        } else if (served != null
                && client != null
                && served.reply() instanceof Reply.Streaming(Reply.OpenStream open)
                && open instanceof ReplyStream stream
                && stream.log() instanceof ChunkLog log) {
            lookup.gets(log);
            if (flight != null) {
                fly(call, served, flight, new LeaderStream(stream, client), log);
            }
        }
    }

    /** From here on the client's leaving ends the stream only if nobody else reads it. */
    private static void fly(Call call, Attempt served, Flight flight, LeaderStream stream, ChunkLog log)
            throws UpstreamException {
        served.replied(new Reply.Streaming(stream));
        flight.land(new Flight.Landing.Live(stream, log));
        if (served.call() != call) {
            served.call().cancellation().done();
        }
        try {
            call.cancellation().during(stream::abandon);
        } catch (UpstreamException gone) {
            stream.abandon();
            throw gone;
        }
    }

    /** What it has not brought by now it does not bring. */
    static void land(Call call, Flight flight) {
        if (flight.landed() == null) {
            boolean left = call.cancellation().reason() instanceof UpstreamFailure.ClientGone;
            flight.land(new Flight.Landing.Nothing(left));
        }
    }
}
