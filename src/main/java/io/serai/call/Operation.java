package io.serai.call;

/** What a call asks a model to do; each door stands for one. A provider kind has an adapter for each that it can do. */
public enum Operation {
    CHAT("chat"),
    EMBEDDINGS("embeddings"),
    SPEECH("speech"),
    TRANSCRIPTION("transcription"),
    TRANSLATION("translation of speech"),
    IMAGE_GENERATION("image generation"),
    IMAGE_EDIT("image editing");

    private final String words;

    Operation(String words) {
        this.words = words;
    }

    /** For a person: "does no {words}". */
    public String words() {
        return words;
    }
}
