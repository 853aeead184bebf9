package io.serai.door;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Whether an address is out on the internet: nothing of this machine, its network, or its cloud's insides. */
final class PublicAddress {
    private PublicAddress() {}

    static boolean is(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (address instanceof Inet4Address) {
            return first != 0
                    && first < 240 // reserved
                    && !(first == 100 && second >= 64 && second < 128) // between a carrier and its customers
                    && !(first == 192 && second == 0 && (bytes[2] & 0xff) == 0) // protocol assignments
                    && !(first == 198 && (second == 18 || second == 19)); // benchmarks
        }
        // of IPv6 only what is handed out for the internet, and of that nothing that wraps an IPv4 address
        return (first & 0xe0) == 0x20
                && !(first == 0x20 && second == 0x02) // 6to4
                && !(first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0); // Teredo
    }
}
