package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.broker.RawHttp;
import io.serai.broker.TestBroker;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** Camel would listen on 0.0.0.0 by default; the broker's own server is the only one, on loopback only. */
final class RouterPortTest {
    @Test
    void nothingButTheFrontListensAndOnlyHere() throws Exception {
        try (TestBroker broker = TestBroker.with().start()) {
            assertThat(broker.get("/health").statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> new RawHttp(1)).isInstanceOf(java.net.ConnectException.class);
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                for (InetAddress address :
                        card.inetAddresses().filter(a -> !a.isLoopbackAddress()).toList()) {
                    assertThatThrownBy(() -> new Socket(address, broker.port()).close())
                            .isInstanceOf(java.io.IOException.class);
                }
            }
        }
    }
}
