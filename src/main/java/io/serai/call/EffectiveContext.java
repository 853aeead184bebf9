package io.serai.call;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Says in an answer's {@code usage} how many tokens the model really had to read, as AISBF does: {@code effective_context}, and
 * {@code effective_context_estimated} where the provider did not say it and the broker counted (behaviour, section 20).
 */
public final class EffectiveContext {
    private static final String FIELD = "effective_context";
    private static final String ESTIMATED = "effective_context_estimated";

    private EffectiveContext() {}

    /**
     * Only chats have a context. An answer whose provider said nothing of usage gets all of it, estimated.
     *
     * @param reply in OpenAI's shape, a chunk or whole
     * @param estimated whether figures of its usage are, although the provider of this attempt said its own
     */
    public static void put(ObjectNode reply, Attempt served, boolean estimated) {
        if (served.call().operation() != Operation.CHAT) {
            return;
        }
        Usage said = served.usage();
        ObjectNode usage = reply.path("usage") instanceof ObjectNode there
                ? there
                : reply.putObject("usage").setAll((said == null ? Usage.NONE : said).toOpenAi());
        usage.put(FIELD, served.effectiveContext());
        if (estimated || served.isContextEstimated()) {
            usage.put(ESTIMATED, true);
        }
    }

    /** The same for a JSON object that is not to be parsed: what is written before its last brace. */
    public static String member(Attempt served) {
        return ",\"" + FIELD + "\":" + served.effectiveContext()
                + (served.isContextEstimated() ? ",\"" + ESTIMATED + "\":true" : "");
    }
}
