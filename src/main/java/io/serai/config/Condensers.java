package io.serai.config;

import org.jspecify.annotations.Nullable;

/**
 * The models that help to condense conversations.
 *
 * @param enabled false: none does
 * @param model path of the one that sums up; null: the one that the conversation is for
 * @param maxContext tokens that it is given to read at most, null: as many as it takes
 * @param janitor path of the one that prunes for the method semantic; null: sentence embeddings do
 */
public record Condensers(
        boolean enabled,
        @Nullable String model,
        @Nullable Integer maxContext,
        @Nullable String janitor) {}
