package io.serai.door;

import io.serai.config.Network;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a request comes from, seen past the proxies that the operator trusts. */
final class ClientAddress {
    private ClientAddress() {}

    /**
     * The rightmost address of {@code X-Forwarded-For} that is no trusted proxy's, when the peer is one: what stands left of it
     * may be the client's invention. The peer's own in every other case.
     *
     * @param forwarded the header's values in order, each a list with commas
     */
    static String of(String peer, List<String> forwarded, List<Network> trusted) {
        InetAddress at = trusted.isEmpty() ? null : Network.address(peer);
        if (at == null || !isTrusted(at, trusted)) {
            return peer;
        }
        String[] hops = String.join(",", forwarded).split(",");
        for (int i = hops.length - 1; i >= 0; i--) {
            InetAddress hop = hop(hops[i].strip());
            if (hop == null) {
                break;
            }
            at = hop;
            if (!isTrusted(hop, trusted)) {
                break;
            }
        }
        return at.getHostAddress();
    }

    private static boolean isTrusted(InetAddress address, List<Network> trusted) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** Some proxies write the port too: {@code 192.0.2.1:5678}, {@code [2001:db8::1]:5678}. */
    private static @Nullable InetAddress hop(String text) {
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            return Network.address(text.substring(1, bracket));
        }
        int colon = text.indexOf(':');
        boolean port = colon >= 0 && colon == text.lastIndexOf(':');
        return Network.address(port ? text.substring(0, colon) : text);
    }
}
