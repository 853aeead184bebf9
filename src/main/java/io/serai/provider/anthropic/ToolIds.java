package io.serai.provider.anthropic;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The ids of tool calls: letters, digits, {@code _} and {@code -} only, or the vendor answers 400. */
final class ToolIds {
    private ToolIds() {}

    /** The same for the same id, in the call and in its result; different ones stay different. */
    static String of(String id) {
        boolean fine = !id.isEmpty();
        StringBuilder clean = new StringBuilder(id.length() + 9);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
            clean.append(allowed ? c : '_');
            fine &= allowed;
        }
        return fine ? id : clean.append('_').append(hash(id)).toString();
    }

    private static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
