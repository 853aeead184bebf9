package io.serai.classify;

/** Looks for one kind of thing. Its time grows with the length of the text and no faster, for a prompt may have megabytes. */
@FunctionalInterface
interface Detector {
    void find(Words words, Findings found);
}
