package io.serai.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name that picks one of several models for each request, by reading it.
 *
 * @param name behind {@code autoselect/} in a model path
 * @param modelName for people, in the list of models
 * @param fallback where a request goes for which nothing could be picked
 * @param selectionModel the model path of the model that is asked; null: none is
 * @param byMeaning whether words and sentence embeddings are asked, before any model
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
        @Nullable Boolean responseCache,
        List<Choice> choices) {

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
     * @param maxTokens the longest request that it gets, tokens of the answer included; null: any
     */
    public record Choice(
            Name model,
            String description,
            int priority,
            @Nullable Integer maxTokens) {}
}
