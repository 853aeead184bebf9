package io.serai.call;

/** What the response cache had to do with a call. */
public enum CacheResult {
    /** The answer came out of it, or from another call that asked the same at the same time. */
    HIT,
    /** It was asked, and had none. */
    MISS,
    /** It was not asked: the client wanted a fresh answer, or the request is one that is never answered out of it. */
    BYPASS
}
