package io.serai.routing;

import io.serai.context.Tokens;
import io.serai.models.ModelFacts;
import io.serai.models.Source;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether a model can serve a request at all, by what is known of it. What nobody said of a model is no reason against it. */
final class Fit {
    private Fit() {}

    /**
     * Why it can't; null when it can, as far as anybody knows.
     *
     * @param counting how the model counts, asked only where it may be too much
     */
    static @Nullable String reason(
            Needs needs,
            ModelFacts facts,
            @Nullable Integer contextSize,
            @Nullable Integer maxRequestTokens,
            Supplier<Tokens> counting) {
        if (!needs.chat()) {
            return null;
        }
        if (needs.tools() && !able(facts)) {
            return "no_tools";
        }
        if (needs.images() && !takes(facts, "vision", "image")) {
            return "no_vision";
        }
        if (needs.audio() && !takes(facts, "audio_input", "audio")) {
            return "no_audio";
        }
        if (maxRequestTokens != null && needs.length().isAbove(maxRequestTokens, counting)) {
            return ABOVE_MAX;
        }
        if (contextSize != null && needs.length().isAbove(contextSize - needs.answer(), counting)) {
            return TOO_LONG;
        }
        return null;
    }

    /** More than the operator sends there at once. */
    static final String ABOVE_MAX = "above_max_request_tokens";

    /** The model lacks the flag that follows. */
    static final String NOT_FOR = "not_for_";

    /** The one reason that rests on a count, which the provider may see otherwise. */
    static final String TOO_LONG = "context_too_small";

    private static boolean able(ModelFacts facts) {
        List<String> parameters = facts.supportedParameters();
        if (!parameters.isEmpty()) {
            return parameters.contains("tools");
        }
        return unsaid(facts) || facts.capabilities().contains("tool_calling");
    }

    private static boolean takes(ModelFacts facts, String capability, String modality) {
        List<String> modalities = facts.inputModalities();
        if (!modalities.isEmpty()) {
            return modalities.contains(modality);
        }
        return unsaid(facts) || facts.capabilities().contains(capability);
    }

    /** Only the catalogue's lists are whole: providers say this and that of a model, and operators use words of their own. */
    private static boolean unsaid(ModelFacts facts) {
        return facts.sources().get("capabilities") != Source.CATALOGUE;
    }
}
