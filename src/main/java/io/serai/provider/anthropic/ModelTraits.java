package io.serai.provider.anthropic;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one of the vendor's models takes; {@code models.yaml} describes the fields.
 *
 * @param hidden whether its thinking comes without text unless that is asked for
 * @param efforts values of {@code output_config.effort}, from the lowest; empty: it takes none
 * @param forcedTools whether the model can be made to call a tool
 * @param prefill whether it continues a message that the assistant began
 * @param maxOutput tokens, null when not known
 */
record ModelTraits(
        Thinking thinking,
        Off off,
        boolean hidden,
        List<String> efforts,
        Sampling sampling,
        boolean forcedTools,
        boolean prefill,
        @Nullable Integer maxOutput) {

    /** How thinking is asked for. */
    enum Thinking {
        ADAPTIVE,
        EITHER,
        BUDGET
    }

    /** How a model is told not to think. */
    enum Off {
        OMIT,
        DISABLED,
        BETWEEN_TOOLS,
        NEVER
    }

    /** Which of {@code temperature}, {@code top_p} and {@code top_k} it takes. */
    enum Sampling {
        ANY,
        ONE,
        NONE
    }

    /** The API's general description. */
    static final ModelTraits GENERAL =
            new ModelTraits(Thinking.BUDGET, Off.OMIT, false, List.of(), Sampling.ANY, true, true, null);

    /** Whether the model decides itself how much to think, within an effort. */
    boolean adaptive() {
        return thinking != Thinking.BUDGET;
    }
}
