package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;

/** Fields that ask for nothing but what comes anyway: leaving them out changes nothing, and nothing is said of it. */
final class Neutral {
    private Neutral() {}

    static boolean is(String name, JsonNode value) {
        return value.isNull()
                || switch (name) {
                    case "n" -> value.asInt() == 1;
                    case "presence_penalty", "frequency_penalty", "top_logprobs" ->
                        value.isNumber() && value.asDouble() == 0;
                    case "logprobs", "store" -> value.isBoolean() && !value.asBoolean();
                    case "logit_bias" -> value.isObject() && value.isEmpty();
                    case "modalities" ->
                        value.size() == 1 && value.path(0).asText().equals("text");
                    default -> false;
                };
    }
}
