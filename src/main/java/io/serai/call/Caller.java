package io.serai.call;

/**
 * Who asks.
 *
 * @param key the label of the key, never the key; {@code anonymous} without one
 * @param address of the peer without the port, or what a trusted proxy says
 * @param admin whether the admin token was shown
 * @param loopback whether the request came from this machine itself, not through a proxy
 */
public record Caller(String key, String address, boolean admin, boolean loopback) {
    public static Caller unknown(String address, boolean loopback) {
        return new Caller("anonymous", address, false, loopback);
    }
}
