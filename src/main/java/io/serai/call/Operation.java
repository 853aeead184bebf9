package io.serai.call;

import org.jspecify.annotations.Nullable;

/** What a call asks a model to do; each door stands for one. A provider kind has an adapter for each that it can do. */
public enum Operation {
    CHAT("chat", null),
    EMBEDDINGS("embeddings", "embeddings"),
    SPEECH("speech", "speech"),
    TRANSCRIPTION("transcription", "transcription"),
    TRANSLATION("translation of speech", "transcription"),
    IMAGE_GENERATION("image generation", "images"),
    IMAGE_EDIT("image editing", "images");

    private final String words;
    private final @Nullable String capability;

    Operation(String words, @Nullable String capability) {
        this.words = words;
        this.capability = capability;
    }

    /** The catalogue's word for models that can do it; null for chat, which is what models do unless it says otherwise. */
    public @Nullable String capability() {
        return capability;
    }

    /** For a person: "does no {words}". */
    public String words() {
        return words;
    }
}
