package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Purpose;
import io.serai.context.Outline;
import io.serai.context.Tokens;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shortest that a request can become by condensing; looked for when someone asks, and once. For one thread. */
final class Least {
    /** For what is never condensed. */
    static final Least NOTHING_LESS = new Least(null);

    private final @Nullable JsonNode body;
    private @Nullable List<ObjectNode> messages;

    private Least(@Nullable JsonNode body) {
        this.body = body;
    }

    /** Chats are condensed, but for those that the broker makes itself: they are as long as they have to be. */
    static Least of(Call call) {
        boolean clients = call.purpose() == Purpose.REPLY || call.purpose() == Purpose.OPINION;
        return clients && call.operation() == Operation.CHAT ? new Least(call.body()) : NOTHING_LESS;
    }

    /** Whether it may be condensed at all. */
    boolean isLess() {
        return body != null;
    }

    /** Messages and tools. */
    long in(Tokens model) {
        if (body == null) {
            return Long.MAX_VALUE;
        }
        List<ObjectNode> known = messages;
        if (known == null) {
            known = Outline.of(body.path("messages")).least();
            messages = known;
        }
        long tokens = model.ofTools(body) + Tokens.REPLY;
        for (ObjectNode message : known) {
            tokens += model.ofMessage(message);
        }
        return tokens;
    }

    /** All are the same to whoever compares needs. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Least;
    }

    @Override
    public int hashCode() {
        return Least.class.hashCode();
    }
}
