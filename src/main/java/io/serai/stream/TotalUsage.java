package io.serai.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Usage;
import io.serai.call.UsageCost;
import java.io.IOException;

/** Puts the usage and the cost of a whole call in the place of one attempt's, in the one chunk of a stream that says any. */
final class TotalUsage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TotalUsage() {}

    /** Whether the client is to see other figures than the provider's. */
    static boolean differs(Call call) {
        return call.costWanted() || call.usedElsewhere() != Usage.NONE;
    }

    /**
     * The chunk with the whole call's figures.
     *
     * @param chunk a JSON object from {@code from} to {@code to}
     * @param said what the chunk says was used
     */
    static byte[] in(byte[] chunk, int from, int to, Attempt attempt, Usage said) {
        Call call = attempt.call();
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(chunk, from, to - from);
            if (call.usedElsewhere() != Usage.NONE) {
                tree.set("usage", said.plus(call.usedElsewhere()).toOpenAi());
            }
            if (call.costWanted()) {
                UsageCost.put(tree, call.cost(attempt));
            }
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new IllegalStateException("Its translator has read it before", e);
        }
    }
}
