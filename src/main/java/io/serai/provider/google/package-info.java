/**
 * Google's Gemini API, spoken natively: {@code generateContent}, {@code streamGenerateContent} and {@code
 * batchEmbedContents} of the version {@code v1beta} (https://ai.google.dev/api/generate-content).
 *
 * <p>Nothing here is kept between requests but {@link io.serai.provider.google.CachedContents}, which outlives generations
 * and may be used from any thread.
 */
@org.jspecify.annotations.NullMarked
package io.serai.provider.google;
