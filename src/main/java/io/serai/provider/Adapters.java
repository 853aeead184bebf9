package io.serai.provider;

import io.serai.call.Attempt;
import io.serai.call.Operation;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.util.EnumMap;
import java.util.Map;

/** What one kind of provider can do: an adapter for each operation. */
public final class Adapters {
    private final Map<Operation, Adapter> adapters;

    public Adapters(Map<Operation, Adapter> adapters) {
        this.adapters = new EnumMap<>(adapters);
    }

    /** For a kind that only chats. */
    public static Adapters chat(Adapter adapter) {
        return new Adapters(Map.of(Operation.CHAT, adapter));
    }

    /**
     * The one that the attempt needs.
     *
     * @throws UpstreamException {@link UpstreamFailure.Rejected} when the kind can't do it; another provider may
     */
    public Adapter of(Attempt attempt) throws UpstreamException {
        Operation operation = attempt.call().operation();
        Adapter adapter = adapters.get(operation);
        if (adapter == null) {
            throw new UpstreamException(UpstreamFailure.Rejected.operation(
                    "The provider " + attempt.target().provider().id() + ", of type "
                            + attempt.target().provider().type() + ", does no " + operation.words() + "."));
        }
        return adapter;
    }
}
