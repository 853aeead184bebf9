package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Effort;
import io.serai.provider.Parameters;
import java.util.Map;

/**
 * {@code reasoning_effort} as {@code thinkingConfig}: a level for generation 3 and later, a budget of tokens for 2.5. Which
 * models take which values: https://ai.google.dev/gemini-api/docs/thinking.
 */
final class Thinking {
    /** Names beyond the highest level are that one. */
    private static final Map<String, String> LEVELS = Map.of(
            "minimal", "minimal", "low", "low", "medium", "medium", "high", "high", "xhigh", "high", "max", "high");

    private static final String NAME = "reasoning_effort";

    private Thinking() {}

    static void write(Attempt attempt, Parameters params, GoogleModel model, ObjectNode body, ObjectNode config)
            throws UpstreamException {
        JsonNode given = body.path(NAME);
        if (given.isMissingNode() || given.isNull()) {
            return;
        }
        String effort = given.asText();
        if (!Effort.known(effort)) {
            throw Parameters.invalid(NAME, "'" + NAME + "' must be none, minimal, low, medium, high, xhigh or max.");
        }
        if (config.has("thinkingConfig")) {
            params.adapted(attempt, NAME); // Gemini takes one of both, and the vendor's own word is the more exact one
        } else if (effort.equals("none")) {
            off(attempt, params, model, config);
        } else {
            switch (model.thinking()) {
                case LEVEL -> level(attempt, params, model, effort, config);
                case BUDGET -> {
                    Integer budget = Effort.budget(effort);
                    config.putObject("thinkingConfig")
                            .put("thinkingBudget", budget == null ? 0 : budget)
                            .put("includeThoughts", true);
                }
                case NONE -> params.adapted(attempt, NAME);
            }
        }
    }

    /** Pro models of generation 3 know no {@code minimal}, and 3.0's no {@code medium} either. */
    private static void level(Attempt attempt, Parameters params, GoogleModel model, String effort, ObjectNode config)
            throws UpstreamException {
        String level = LEVELS.getOrDefault(effort, "high");
        String taken = level;
        if (model.isPro() && level.equals("minimal")) {
            taken = "low";
        } else if (model.isPro() && level.equals("medium") && !model.atLeast(3, 1)) {
            taken = "high";
        }
        if (!taken.equals(level)) {
            params.adapted(attempt, NAME);
        }
        config.putObject("thinkingConfig").put("thinkingLevel", taken).put("includeThoughts", true);
    }

    /** Only the flash models of 2.5 can be kept from thinking; for the others the vendor's default stays. */
    private static void off(Attempt attempt, Parameters params, GoogleModel model, ObjectNode config)
            throws UpstreamException {
        if (model.thinking() == GoogleModel.Thinking.BUDGET && !model.isPro()) {
            config.putObject("thinkingConfig").put("thinkingBudget", 0);
        } else if (model.thinking() != GoogleModel.Thinking.NONE) {
            params.adapted(attempt, NAME);
        }
    }
}
