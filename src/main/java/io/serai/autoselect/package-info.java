/**
 * Picks a model for a request by reading it: by meaning, with nothing but this process, or by asking a model. The steps of the
 * route {@code autoselect}; what they remember is in {@link io.serai.autoselect.Choices}, which outlives a generation.
 */
@org.jspecify.annotations.NullMarked
package io.serai.autoselect;
