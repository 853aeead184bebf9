package io.serai.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Usage;
import java.io.IOException;

/** Puts the usage of a whole call in the place of one attempt's, in the one chunk of a stream that says any. */
final class TotalUsage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TotalUsage() {}

    /** @param chunk a JSON object from {@code from} to {@code to} */
    static byte[] in(byte[] chunk, int from, int to, Usage total) {
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(chunk, from, to - from);
            tree.set("usage", total.toOpenAi());
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new IllegalStateException("Its translator has read it before", e);
        }
    }
}
