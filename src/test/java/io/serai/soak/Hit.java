package io.serai.soak;

/**
 * A request that reached a vendor.
 *
 * @param key the end of the key that it came with
 * @param text what the vendor says, or would have, and says to nobody else
 * @param at {@link System#nanoTime} of its arrival
 */
record Hit(String provider, String key, Fate fate, String text, boolean streamed, int in, int out, long at) {}
