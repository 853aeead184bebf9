package io.serai.call;

/** What an attempt is made for. */
public enum Purpose {
    /** Its reply is the client's, or would be. */
    REPLY,
    /** One part of a request that was split. */
    PART,
    /** To be merged with others' into the reply. */
    OPINION,
    /** Picks the model. */
    SELECTION,
    /** Says whether the prompt is sensitive. */
    CLASSIFICATION,
    /** Shortens what was said before. */
    SUMMARY
}
