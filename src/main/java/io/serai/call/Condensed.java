package io.serai.call;

/**
 * That a request is sent in fewer words.
 *
 * @param method what made it so, with commas between
 * @param from tokens of the request before
 * @param to tokens of the request as it is sent
 */
public record Condensed(String method, long from, long to) {
    /** As {@code x-serai-condensed} has it. */
    @Override
    public String toString() {
        return method + ";" + from + ";" + to;
    }
}
