package io.serai.models;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one model at one provider.
 *
 * @param contextWindow tokens, null when nobody said
 * @param maxOutputTokens tokens of an answer, null when nobody said
 */
public record ModelFacts(
        @Nullable Integer contextWindow, @Nullable Integer maxOutputTokens) {}
