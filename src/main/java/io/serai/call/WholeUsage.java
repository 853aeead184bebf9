package io.serai.call;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Says in an answer's {@code usage} what the whole call used, where more than one model worked on it, and its effective context. */
public final class WholeUsage {
    private WholeUsage() {}

    /** @param reply the served attempt's answer in OpenAI's shape, a chunk or whole */
    public static void put(ObjectNode reply, Call call, Attempt served) {
        Usage own = served.usage();
        if (call.usedElsewhere() != Usage.NONE && own != null) {
            reply.set("usage", own.plus(call.usedElsewhere()).toOpenAi());
        }
        EffectiveContext.put(reply, served, call.usedElsewhere().estimated());
    }
}
