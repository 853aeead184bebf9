package io.serai.autoselect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Autoselect;
import io.serai.config.Prompts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an autoselect asks its selection model and reads in the answer, for measuring how often a model is right. */
public final class SelectionTrial {
    private final SelectionPrompt prompt;
    private final List<Autoselect.Choice> choices;
    private final Autoselect.Name fallback;

    /** @param fallback what the model is to name when nothing fits */
    public SelectionTrial(
            ObjectMapper json, Prompts prompts, List<Autoselect.Choice> choices, Autoselect.Name fallback) {
        this.prompt = new SelectionPrompt(json, prompts);
        this.choices = choices;
        this.fallback = fallback;
    }

    /** The chat request that asks {@code model} about a conversation of one message. */
    public ObjectNode question(String model, String asked) {
        return prompt.of(model, Reading.ofMessage(asked), choices, fallback);
    }

    /** The place of the choice that the reply names; null when it names none of them. */
    public @Nullable Integer named(ObjectNode reply) {
        Autoselect.Choice choice = SelectionAnswer.in(reply, choices);
        return choice == null ? null : choices.indexOf(choice);
    }
}
