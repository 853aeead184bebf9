package io.serai.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Instance;
import io.serai.call.Reply;
import io.serai.call.Saved;
import io.serai.call.Target;
import io.serai.call.Travel;
import io.serai.json.BodyReader;
import io.serai.routing.Instances;
import io.serai.routing.Reach;
import io.serai.stream.ChunkLog;
import io.serai.stream.ReplayedStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers calls with what others have been answered: plain or as a stream, whichever they asked for. */
final class Replies {
    private final ObjectMapper json;
    private final BodyReader reader;
    private final Assembly assembly;
    private final Instances instances;
    private final ModelCounts counts;
    private final boolean echoModel;

    Replies(ObjectMapper json, Instances instances, ModelCounts counts, boolean echoModel) {
        this.json = json;
        this.reader = new BodyReader(json);
        this.assembly = new Assembly(json);
        this.instances = instances;
        this.counts = counts;
        this.echoModel = echoModel;
    }

    /** A failure of what it reads along says nothing of the provider that the one who leads has not said. */
    private enum Along implements Travel {
        ONE;

        @Override
        public String route() {
            return "";
        }

        @Override
        public boolean rides() {
            return true;
        }

        @Override
        public boolean joined() {
            return true;
        }

        @Override
        public int together() {
            return 1;
        }

        @Override
        public Attempt paid(Attempt own) {
            return own;
        }

        @Override
        public void over() {}
    }

    /**
     * What was kept becomes the call's reply, unless the operator does not want it to be given any more.
     *
     * @throws IOException when it is no whole answer
     */
    void give(Call call, Lookup lookup, Answer answer) throws IOException {
        Attempt attempt = attempt(call, lookup, answer.provider(), answer.instance(), answer.model());
        if (attempt == null) {
            return;
        }
        if (!(reader.read(answer.body()) instanceof ObjectNode body) || !Completeness.of(body)) {
            throw new IOException("It is no chat completion");
        }
        attempt.servedAs(answer.servedModel());
        if (reply(call, attempt, body)) {
            hit(call, attempt, answer.saved());
        }
    }

    /** The same with the whole answer to another call. */
    boolean give(Call call, Lookup lookup, Call leader, ObjectNode body) throws IOException {
        Attempt attempt = along(call, lookup, leader);
        if (attempt == null || !reply(call, attempt, body.deepCopy())) {
            return false;
        }
        hit(call, attempt, AnswerSteps.saved(leader));
        return true;
    }

    /** The stream that another call is being answered with becomes the call's too. */
    boolean give(Call call, Lookup lookup, Call leader, Flight.Landing.Live live) {
        ClientResponse client = call.client();
        Attempt attempt = along(call, lookup, leader);
        boolean broken = !live.log().over().getNow(true);
        if (attempt == null || client == null || broken || !live.stream().join()) {
            return false;
        }
        ReplayedStream stream = ReplayedStream.of(json, attempt, leader, live.log(), client.context(), () -> {
            live.stream().leave();
            if (attempt.failure() == null) {
                hit(call, attempt, AnswerSteps.saved(leader));
            }
        });
        if (stream == null) {
            live.stream().leave();
            return false;
        }
        attempt.firstEvent();
        attempt.replied(new Reply.Streaming(stream));
        call.servedBy(attempt);
        call.cached(CacheResult.HIT, Saved.NOTHING);
        return true;
    }

    private boolean reply(Call call, Attempt attempt, ObjectNode body) throws IOException {
        ClientResponse client = call.client();
        if (call.streaming()) {
            if (echoModel) {
                body.put("model", call.asked());
            }
            List<byte[]> chunks = assembly.chunks(body);
            ReplayedStream stream = client == null
                    ? null
                    : ReplayedStream.of(json, attempt, null, ChunkLog.of(chunks), client.context(), () -> {});
            if (stream == null) {
                return false;
            }
            attempt.replied(new Reply.Streaming(stream));
        } else {
            attempt.replied(new Reply.Complete(body));
            attempt.ended();
        }
        attempt.firstEvent();
        call.servedBy(attempt);
        return true;
    }

    /** The call looked for an answer in vain, and has one of its own by now. */
    void missed(Call call) {
        if (call.cacheResult() == CacheResult.MISS && call.served() instanceof Attempt served) {
            counts.miss(served.target().provider().id(), served.target().model());
        }
    }

    private void hit(Call call, Attempt attempt, Saved saved) {
        call.cached(CacheResult.HIT, saved);
        counts.hit(attempt.target().provider().id(), attempt.target().model(), saved);
    }

    private @Nullable Attempt along(Call call, Lookup lookup, Call leader) {
        Attempt served = leader.served();
        if (served == null) {
            return null;
        }
        Target target = served.target();
        Attempt attempt =
                attempt(call, lookup, target.provider().id(), target.instance().id(), target.model());
        if (attempt != null) {
            attempt.servedAs(served.servedModel());
            attempt.streamsAs(served.streamType());
            attempt.travels(Along.ONE, attempt.target());
        }
        return attempt;
    }

    /** Stands for the one that got the answer; it is none of the call's own, for nobody was asked. */
    private @Nullable Attempt attempt(Call call, Lookup lookup, String provider, String instance, String model) {
        Reach.Place place = lookup.way.place(provider, model);
        List<Instance> keys = instances.of(provider);
        if (place == null || keys.isEmpty()) {
            return null;
        }
        Instance used =
                keys.stream().filter(k -> k.id().equals(instance)).findFirst().orElse(keys.get(0));
        return new Attempt(call, 0, new Target(used, model, null, Duration.ZERO), call.body());
    }
}
