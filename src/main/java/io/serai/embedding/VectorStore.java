package io.serai.embedding;

import java.util.List;

/** Vectors that outlive the process, or that others share. Nothing fails: what can't be found has to be made. */
public interface VectorStore {
    /** No vectors anywhere. */
    VectorStore NONE = new VectorStore() {
        @Override
        public List<float[]> find(List<String> names) {
            return names.stream().map(name -> new float[0]).toList();
        }

        @Override
        public void keep(List<String> names, List<float[]> vectors) {}
    };

    /**
     * One vector a name, in their order; an empty one for what is not found.
     *
     * @param names the SHA-256 in hex of a model and a text
     */
    List<float[]> find(List<String> names);

    /** Keeps vectors under their names. Waits for nothing. */
    void keep(List<String> names, List<float[]> vectors);
}
