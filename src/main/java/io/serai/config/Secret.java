package io.serai.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A value that must never be shown: its {@link #toString} is a mask, so that logs, errors and JMX may hold the object.
 *
 * @param reveal the secret itself; call it only where it goes onto the wire or into a comparison
 */
public record Secret(String reveal) {
    /** The first 12 hex digits of the SHA-256: the same secret has the same name everywhere, and the name tells nothing. */
    public String fingerprint() {
        return sha256(reveal).substring(0, 12);
    }

    /** The SHA-256 of a text's UTF-8, 64 hex digits. */
    public static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
