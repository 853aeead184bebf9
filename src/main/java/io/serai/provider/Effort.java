package io.serai.provider;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much a model is to think: OpenAI's names against other vendors' budgets of tokens. LiteLLM's and agentgateway's table
 * (behaviour, section 12).
 */
public final class Effort {
    private static final Map<String, Integer> BUDGETS = new LinkedHashMap<>();

    static {
        BUDGETS.put("minimal", 1024);
        BUDGETS.put("low", 1024);
        BUDGETS.put("medium", 2048);
        BUDGETS.put("high", 4096);
        BUDGETS.put("xhigh", 8192);
        BUDGETS.put("max", 16384);
    }

    private Effort() {}

    /** Tokens for a {@code reasoning_effort}; null for {@code none} and for what is not one. */
    public static @Nullable Integer budget(String effort) {
        return BUDGETS.get(effort);
    }

    /** Whether it is a value of {@code reasoning_effort}. */
    public static boolean known(String effort) {
        return effort.equals("none") || BUDGETS.containsKey(effort);
    }
}
