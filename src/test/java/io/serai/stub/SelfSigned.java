package io.serai.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server with TLS on 127.0.0.1, with a certificate that nobody has signed but itself. */
public final class SelfSigned {
    private static final String STORE = "changeit";

    private SelfSigned() {}

    /** @param folder for its key */
    public static ServerSocket listen(Path folder) throws Exception {
        Path store = folder.resolve("self.p12");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                "self",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, STORE.toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, STORE.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        return context.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    /**
     * The JVM's own list of whom it trusts with that certificate added, as the manual says to do it.
     *
     * @param folder that {@link #listen} was given
     * @return what a JVM must be given to use it
     */
    public static List<String> trusted(Path folder) throws Exception {
        Path certificate = folder.resolve("ca.pem");
        keytool(folder.resolve("self.p12"), "-exportcert", "-rfc", "-alias", "self", "-file", certificate.toString());
        Path trust = folder.resolve("trust.p12");
        Files.copy(Path.of(System.getProperty("java.home"), "lib", "security", "cacerts"), trust);
        keytool(trust, "-importcert", "-noprompt", "-alias", "our-ca", "-file", certificate.toString());
        return List.of("-Djavax.net.ssl.trustStore=" + trust, "-Djavax.net.ssl.trustStorePassword=" + STORE);
    }

    private static void keytool(Path store, String... command) throws Exception {
        List<String> all = new ArrayList<>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        all.addAll(List.of(command));
        all.addAll(List.of("-keystore", store.toString(), "-storepass", STORE));
        Process made = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes());
        assertThat(made.waitFor()).as(said).isZero();
    }
}
