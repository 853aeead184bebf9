package io.serai.config;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A name that picks one of several models for each request, by reading it.
 *
 * @param name behind {@code autoselect/} in a model path
 * @param modelName for people, in the list of models
 * @param fallback where a request goes for which nothing could be picked
 * @param selectionModel the model path of the model that is asked; null: none is
 * @param byMeaning whether words and sentence embeddings are asked, before any model
 * @param classifies what it looks for in a prompt before it picks, beside what the settings have looked for everywhere
 * @param permits which sensitive prompts may go to what it picks, where nobody says otherwise; it refuses none
 * @param responseCache whether answers that come through it are kept; null where nothing is said
 * @param choices in the order of the file
 */
public record Autoselect(
        String name,
        String modelName,
        String description,
        Name fallback,
        @Nullable String selectionModel,
        boolean byMeaning,
        List<String> capabilities,
        Set<Sensitive> classifies,
        Permits permits,
        @Nullable Boolean responseCache,
        List<Choice> choices) {

    /**
     * What counts for whatever the choice leads to.
     *
     * @param before what counted for the autoselect itself
     */
    public Permits vouches(Choice choice, Permits before) {
        return choice.permits().orElse(permits).orElse(before).refusedBy(before);
    }

    /** The same for a path that was picked: its choice's word where it is one. */
    public Permits vouches(String path, Permits before) {
        return choices.stream()
                .filter(choice -> choice.model().path().equals(path))
                .findFirst()
                .map(choice -> vouches(choice, before))
                .orElseGet(() -> permits.orElse(before).refusedBy(before));
    }

    /**
     * What a field of the file names.
     *
     * @param written as it stands there
     * @param path the model path that it means
     */
    public record Name(String written, String path) {}

    /**
     * One that may be picked.
     *
     * @param priority of two that fit as well, the lower one is picked
     * @param permits which sensitive prompts it may be picked for: a refusal holds, a grant where what it leads to says nothing
     * @param maxTokens the longest request that it gets, tokens of the answer included; null: any
     */
    public record Choice(
            Name model,
            String description,
            int priority,
            @Nullable Integer maxTokens,
            Permits permits) {}
}
