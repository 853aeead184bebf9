package io.serai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Says in an answer's {@code usage} what it cost, as OpenRouter does: {@code cost} in US dollars, null when a price is not known. */
public final class UsageCost {
    private UsageCost() {}

    /** @param reply that has a {@code usage}; without one nothing happens */
    public static void put(JsonNode reply, Cost cost) {
        if (reply.path("usage") instanceof ObjectNode usage) {
            usage.put("cost", cost.usd());
        }
    }
}
