package io.serai.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import io.serai.provider.Guards;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeddings requests that go out as one, with the inputs of all in a list, in the order in which they came. */
final class MergedCall implements Company {
    private static final Logger LOG = LoggerFactory.getLogger(MergedCall.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Passenger> passengers = new ArrayList<>();
    private final Savings savings;
    private final Tokenizers tokenizers;
    private int inputs;
    private @Nullable Attempt carrier;
    private int present;

    /** @param tokenizers by which its cost is divided */
    MergedCall(Savings savings, Tokenizers tokenizers) {
        this.savings = savings;
        this.tokenizers = tokenizers;
    }

    /** Before the request goes out; the aggregator's turn, one at a time. */
    void add(Passenger passenger) {
        lock.lock();
        try {
            passengers.add(passenger);
            inputs += Inputs.of(passenger.attempt().body()).size();
        } finally {
            lock.unlock();
        }
        passenger.joins(this);
    }

    int inputs() {
        return inputs;
    }

    /**
     * The attempt that goes out for all who have not left.
     *
     * @throws UpstreamException when nobody is there any more
     */
    Attempt takeOff() throws UpstreamException {
        lock.lock();
        try {
            passengers.removeIf(p -> {
                if (p.hasLeft()) {
                    p.scattered();
                }
                return p.hasLeft();
            });
            if (passengers.isEmpty()) {
                throw new UpstreamException(new UpstreamFailure.ClientGone());
            }
            Attempt first = passengers.get(0).attempt();
            ObjectNode body = first.body().objectNode();
            body.setAll(first.body());
            if (passengers.size() > 1) {
                ArrayNode all = body.putArray(Inputs.FIELD);
                passengers.forEach(p -> all.addAll(Inputs.of(p.attempt().body())));
                passengers.stream().skip(1).forEach(p -> p.rides(true));
            }
            present = passengers.size();
            Attempt made = new Attempt(first.call().carrier(body), 1, first.target(), body);
            carrier = made;
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** Gives each its own part of what the request brought, or lets each ask for itself. */
    void takeApart(@Nullable Exception caught) {
        Attempt made = carrier;
        if (made == null) {
            return;
        }
        Guards.release(made);
        made.call().complete();
        if (made.reply() instanceof Reply.Complete whole) {
            List<ObjectNode> answers = answers(whole.body());
            if (answers.size() == passengers.size()) {
                serve(made, answers);
                return;
            }
        }
        if (passengers.size() == 1) {
            Passenger alone = passengers.get(0);
            alone.attempt().wentOutAs(made);
            alone.failed(caught != null ? caught : new UpstreamException(broken()));
        } else {
            passengers.forEach(p -> p.rides(true)); // it says nothing of any one of them
            passengers.forEach(Passenger::scattered);
        }
    }

    private static UpstreamFailure broken() {
        return new UpstreamFailure.BrokenAnswer(200, "The provider's answer holds another number of vectors");
    }

    private void serve(Attempt made, List<ObjectNode> answers) {
        Usage used = made.usage() == null ? Usage.NONE : made.usage();
        Tokens counting = tokenizers.of(
                made.target().provider().type(),
                made.target().provider().id(),
                made.target().model());
        List<Usage> parts = used.divided(passengers.stream()
                .mapToLong(p ->
                        passengers.size() == 1 ? 1 : Inputs.tokens(p.attempt().body(), counting))
                .toArray());
        for (int i = 0; i < answers.size(); i++) {
            Attempt own = passengers.get(i).attempt();
            ObjectNode answer = answers.get(i);
            own.wentOutAs(made);
            own.reported(parts.get(i));
            own.ended();
            if (passengers.size() > 1 && answer.path("usage").isObject()) {
                ObjectNode usage = answer.putObject("usage");
                usage.put("prompt_tokens", parts.get(i).input())
                        .put("total_tokens", parts.get(i).input() + parts.get(i).output());
            }
            own.replied(new Reply.Complete(answer));
        }
        if (passengers.size() > 1) {
            savings.merged(passengers.size() - 1);
        }
        passengers.forEach(Passenger::served);
    }

    /** One for each passenger, with its own vectors from index 0; none when the vectors are not as many as the inputs. */
    private List<ObjectNode> answers(ObjectNode whole) {
        if (passengers.size() == 1) {
            return List.of(whole);
        }
        JsonNode data = whole.path("data");
        JsonNode[] vectors = new JsonNode
                [passengers.stream()
                        .mapToInt(p -> Inputs.of(p.attempt().body()).size())
                        .sum()];
        for (int i = 0; i < data.size(); i++) {
            int index = data.get(i).path("index").asInt(i);
            if (index < 0 || index >= vectors.length || vectors[index] != null) {
                return List.of();
            }
            vectors[index] = data.get(i);
        }
        if (data.size() != vectors.length) {
            return List.of();
        }
        List<ObjectNode> answers = new ArrayList<>();
        int at = 0;
        for (Passenger passenger : passengers) {
            ObjectNode answer = whole.objectNode();
            whole.fields()
                    .forEachRemaining(f -> answer.set(f.getKey(), f.getKey().equals("data") ? null : f.getValue()));
            ArrayNode own = answer.putArray("data");
            int many = Inputs.of(passenger.attempt().body()).size();
            for (int i = 0; i < many; i++) {
                own.add(((ObjectNode) vectors[at++]).put("index", i));
            }
            answers.add(answer);
        }
        return answers;
    }

    @Override
    public void left(Passenger passenger) {
        Call call = null;
        lock.lock();
        try {
            if (carrier != null && passengers.contains(passenger)) {
                present--;
                call = present == 0 ? carrier.call() : null;
                LOG.debug(
                        "{} has left its batch, {} go on",
                        passenger.attempt().call().id(),
                        present);
            }
        } finally {
            lock.unlock();
        }
        if (call != null) {
            call.cancellation().cancel(new UpstreamFailure.ClientGone());
        }
    }

    /** The aggregator sends it on whoever leaves. */
    @Override
    public void over(Passenger passenger) {}

    @Override
    public int size() {
        return carrier == null ? 1 : passengers.size();
    }

    /** Each pays for its own inputs. */
    @Override
    public Attempt paid(Attempt own) {
        return own;
    }
}
