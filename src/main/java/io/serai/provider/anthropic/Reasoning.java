package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Effort;
import io.serai.provider.Parameters;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides how much the model is to think: OpenAI's {@code reasoning_effort}, or the vendor's own {@code thinking}, as the
 * model takes it.
 */
final class Reasoning {
    /** The vendor's least budget, in tokens. */
    private static final int MIN_BUDGET = 1024;

    private static final List<String> LEVELS = List.of("low", "medium", "high", "xhigh", "max");

    private final ObjectMapper json;
    private final Parameters params;

    Reasoning(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
    }

    /**
     * What goes out.
     *
     * @param thinking null: the field is left out
     * @param effort for {@code output_config}; null: nothing is said
     */
    record Said(@Nullable ObjectNode thinking, @Nullable String effort) {
        static final Said NOTHING = new Said(null, null);

        /** Whether the request asks for thinking, so that the vendor refuses what does not go with it. */
        boolean on() {
            String type = thinking == null ? "" : thinking.path("type").asText();
            return type.equals("enabled") || type.equals("adaptive");
        }
    }

    /**
     * What stands in the way of thinking.
     *
     * @param maxTokens of the answer; a budget has to be less
     * @param forced whether the model is to call a tool in any case
     * @param prefilled whether it is to continue a text
     * @param bareCalls whether calls are answered whose thinking is not there
     */
    record Setting(int maxTokens, boolean forced, boolean prefilled, boolean bareCalls) {}

    Said of(Attempt attempt, ObjectNode body, ModelTraits traits, Setting setting) throws UpstreamException {
        String effort = effort(body.path("reasoning_effort"));
        JsonNode own = body.path("thinking");
        boolean explicit = own instanceof ObjectNode;
        if (explicit && effort != null) {
            params.adapted(attempt, "reasoning_effort");
        }
        String name = explicit ? "thinking" : "reasoning_effort";
        Said said = own instanceof ObjectNode thinking
                ? new Said(own(attempt, thinking, traits), null)
                : ofEffort(attempt, effort, traits);
        boolean impossible = setting.forced()
                || setting.prefilled()
                || budget(said) > 0 && setting.bareCalls()
                || budget(said) >= setting.maxTokens();
        if (said.on() && impossible) {
            params.adapted(attempt, name);
            return new Said(null, said.effort());
        }
        return said;
    }

    private static @Nullable String effort(JsonNode said) throws UpstreamException {
        if (said.isMissingNode() || said.isNull()) {
            return null;
        }
        if (!Effort.known(said.asText())) {
            throw Parameters.invalid("reasoning_effort", "The reasoning_effort is not one that is known.");
        }
        return said.asText();
    }

    /** A fixed budget, for a model that has none any more, becomes thinking as the model takes it. */
    private ObjectNode own(Attempt attempt, ObjectNode thinking, ModelTraits traits) throws UpstreamException {
        if (traits.thinking() != ModelTraits.Thinking.ADAPTIVE || !thinking.has("budget_tokens")) {
            return thinking;
        }
        params.adapted(attempt, "thinking");
        return adaptive(traits);
    }

    private Said ofEffort(Attempt attempt, @Nullable String effort, ModelTraits traits) throws UpstreamException {
        if (effort == null) {
            return Said.NOTHING;
        }
        Integer budget = Effort.budget(effort);
        if (budget == null) {
            return off(attempt, traits);
        }
        if (!traits.adaptive()) {
            return new Said(
                    json.createObjectNode().put("type", "enabled").put("budget_tokens", Math.max(MIN_BUDGET, budget)),
                    null);
        }
        String level = effort.equals("minimal") ? "low" : effort;
        String nearest = nearest(level, traits.efforts());
        if (!nearest.equals(level)) {
            params.adapted(attempt, "reasoning_effort");
        }
        return new Said(adaptive(traits), nearest);
    }

    private ObjectNode adaptive(ModelTraits traits) {
        ObjectNode thinking = json.createObjectNode().put("type", "adaptive");
        return traits.hidden() ? thinking.put("display", "summarized") : thinking;
    }

    private Said off(Attempt attempt, ModelTraits traits) throws UpstreamException {
        return switch (traits.off()) {
            case OMIT -> Said.NOTHING;
            case DISABLED -> new Said(json.createObjectNode().put("type", "disabled"), null);
            case BETWEEN_TOOLS -> new Said(json.createObjectNode().put("type", "between_tools"), null);
            case NEVER -> {
                params.adapted(attempt, "reasoning_effort");
                yield new Said(null, traits.efforts().getFirst());
            }
        };
    }

    /** The level itself, else the highest one below it that the model knows. */
    private static String nearest(String level, List<String> known) {
        String best = known.getFirst();
        for (String other : known) {
            if (LEVELS.indexOf(other) <= LEVELS.indexOf(level)) {
                best = other;
            }
        }
        return best;
    }

    /** The tokens that a request would have a model think for that knows no effort; 0 without a word of it. */
    static int wantedBudget(ObjectNode body) {
        Integer budget = Effort.budget(body.path("reasoning_effort").asText());
        return body.path("thinking").path("budget_tokens").asInt(budget == null ? 0 : budget);
    }

    private static int budget(Said said) {
        return said.thinking() == null
                ? 0
                : said.thinking().path("budget_tokens").asInt();
    }

    /** Sampling that does not go with thinking is left out. */
    void sampling(Attempt attempt, Map<String, JsonNode> sampling) throws UpstreamException {
        JsonNode temperature = sampling.get("temperature");
        if (temperature != null && temperature.asDouble() != 1) {
            drop(attempt, sampling, "temperature");
        }
        if (sampling.containsKey("top_k")) {
            drop(attempt, sampling, "top_k");
        }
        JsonNode topP = sampling.get("top_p");
        if (topP != null && topP.asDouble() < 0.95) {
            drop(attempt, sampling, "top_p");
        }
    }

    private void drop(Attempt attempt, Map<String, JsonNode> sampling, String name) throws UpstreamException {
        params.adapted(attempt, name);
        sampling.remove(name);
    }
}
