package io.serai.call;

/**
 * How a request that was too long was made to fit a model.
 *
 * @param method its name, or several with {@code +} between them
 * @param from tokens of the input before, by the model's count
 * @param to tokens of the input after, by the same count
 */
public record Condensation(String method, long from, long to) {}
