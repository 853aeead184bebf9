package io.serai.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.EffectiveContext;
import io.serai.call.Usage;
import io.serai.call.UsageCost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Puts the usage and the cost of a whole call in the place of one attempt's, in the one chunk of a stream that says any. */
final class TotalUsage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TotalUsage() {}

    /** Whether the client is to see other figures than the provider's, and not only one more. */
    static boolean differs(Call call) {
        return call.costWanted() || call.usedElsewhere() != Usage.NONE;
    }

    /**
     * The chunk with the effective context among its figures, which are not read again for it.
     *
     * @param end past the brace that ends them
     */
    static byte[] withContext(byte[] chunk, int from, int to, int end, Attempt attempt) {
        byte[] member = EffectiveContext.member(attempt).getBytes(StandardCharsets.US_ASCII);
        int brace = end - 1;
        byte[] told = new byte[to - from + member.length];
        System.arraycopy(chunk, from, told, 0, brace - from);
        System.arraycopy(member, 0, told, brace - from, member.length);
        System.arraycopy(chunk, brace, told, brace - from + member.length, to - brace);
        return told;
    }

    /**
     * The chunk that a provider should have sent which says nothing of usage.
     *
     * @param shownModel see {@link StreamTranslator#shownModel}
     */
    static byte[] estimated(Attempt attempt, @Nullable String shownModel) {
        ObjectNode chunk = JSON.createObjectNode()
                .put("id", "chatcmpl-" + attempt.call().id())
                .put("object", "chat.completion.chunk")
                .put("created", attempt.call().startedAt().getEpochSecond())
                .put("model", shownModel == null ? attempt.servedModel() : shownModel);
        chunk.putArray("choices");
        Usage said = attempt.usage();
        try {
            return finish(chunk, attempt, said == null ? Usage.NONE : said);
        } catch (IOException e) {
            throw new IllegalStateException("Memory does not fail", e);
        }
    }

    /**
     * The chunk with the whole call's figures.
     *
     * @param chunk a JSON object from {@code from} to {@code to}
     * @param said what the chunk says was used
     */
    static byte[] in(byte[] chunk, int from, int to, Attempt attempt, Usage said) {
        try {
            return finish((ObjectNode) JSON.readTree(chunk, from, to - from), attempt, said);
        } catch (IOException e) {
            throw new IllegalStateException("Its translator has read it before", e);
        }
    }

    private static byte[] finish(ObjectNode tree, Attempt attempt, Usage said) throws IOException {
        Call call = attempt.call();
        if (call.usedElsewhere() != Usage.NONE) {
            tree.set("usage", said.plus(call.usedElsewhere()).toOpenAi());
        }
        EffectiveContext.put(tree, attempt, call.usedElsewhere().estimated());
        if (call.costWanted()) {
            UsageCost.put(tree, call.cost(attempt));
        }
        return JSON.writeValueAsBytes(tree);
    }
}
