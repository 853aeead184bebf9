package io.serai.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the client keys, each plain or as {@code sha256:} and 64 hex digits. A key's label is the start of its hash. */
final class ClientKeysReader {
    private static final String HASHED = "sha256:";

    private final SettingValues values;

    ClientKeysReader(SettingValues values) {
        this.values = values;
    }

    List<Settings.ClientKey> read(String setting) {
        SettingValues.Value value = values.of(setting);
        List<Settings.ClientKey> keys = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String part : value.text().split("[,\\r\\n]")) {
            String key = part.strip();
            if (key.isEmpty()) {
                continue;
            }
            String hex = key.startsWith(HASHED) ? key.substring(HASHED.length()) : hash(key);
            if (!hex.matches("[0-9A-Fa-f]{64}")) {
                values.problem(value, "`sha256:` must be followed by 64 hex digits");
            } else if (ProviderKeys.isPlaceholder(key)) {
                values.problem(value, "holds a placeholder, which anyone can guess; set keys of your own");
            } else if (seen.add(hex.toLowerCase(Locale.ROOT))) {
                byte[] sha256 = HexFormat.of().parseHex(hex);
                keys.add(new Settings.ClientKey(HexFormat.of().formatHex(sha256, 0, 6), sha256));
            }
        }
        return List.copyOf(keys);
    }

    private static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has SHA-256
        }
    }
}
