package io.serai.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.Network;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static Network network(String address, int bits) {
        InetAddress first = Network.address(address);
        assertThat(first).isNotNull();
        return new Network(first, bits);
    }

    private static final List<Network> TRUSTED =
            List.of(network("10.0.0.0", 8), network("fd00::", 8), network("192.0.2.7", 32));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "10.1.2.3       | 203.0.113.9                             | 203.0.113.9",
                "10.1.2.3       | 6.6.6.6, 203.0.113.9                    | 203.0.113.9",
                "10.1.2.3       | 6.6.6.6, 203.0.113.9, 10.9.9.9          | 203.0.113.9",
                "10.1.2.3       | 203.0.113.9:4711                        | 203.0.113.9",
                "10.1.2.3       | [2001:db8::1]:4711                      | 2001:db8:0:0:0:0:0:1",
                "10.1.2.3       | 2001:db8::1, fd00::5                    | 2001:db8:0:0:0:0:0:1",
                "::ffff:10.1.2.3| 203.0.113.9                             | 203.0.113.9",
                "fd12::1        | 203.0.113.9                             | 203.0.113.9",
                "10.1.2.3       | 203.0.113.9, unknown                    | 10.1.2.3",
                "10.1.2.3       | 203.0.113.9, localhost, 10.9.9.9        | 10.9.9.9",
                "10.1.2.3       | 10.4.4.4, 10.9.9.9                      | 10.4.4.4",
                "10.1.2.3       | ''                                      | 10.1.2.3",
                "192.0.2.8      | 203.0.113.9                             | 192.0.2.8",
                "local          | 203.0.113.9                             | local",
            })
    void theRightmostThatIsNoTrustedProxy(String peer, String forwarded, String client) {
        assertThat(ClientAddress.of(peer, List.of(forwarded), TRUSTED)).isEqualTo(client);
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(ClientAddress.of("10.0.0.1", List.of("6.6.6.6", "203.0.113.9", "10.0.0.2"), TRUSTED))
                .isEqualTo("203.0.113.9");
    }

    @Test
    void nobodyIsBelievedWhereNobodyIsTrusted() {
        assertThat(ClientAddress.of("10.0.0.1", List.of("203.0.113.9"), List.of()))
                .isEqualTo("10.0.0.1");
    }
}
