package io.serai.embedding;

import java.util.List;

/** A loaded model. Used by several threads at once. */
interface Encoder extends AutoCloseable {
    /** Of a text, as the model's own ids, without the marks of its beginning and end. */
    int[] ids(String text);

    /**
     * The mean of what the model says of each id, one vector a window, of length 1.
     *
     * @param windows at most {@link Windows#MOST} ids each, of equal length for the least work
     */
    float[][] encode(List<int[]> windows);

    /** Gives its memory back. Nobody uses it any more. */
    @Override
    void close();

    /** Makes one. */
    @FunctionalInterface
    interface Loader {
        /** @throws Exception and any error of a native library: the reason why there is none here */
        Encoder load() throws Exception;
    }
}
