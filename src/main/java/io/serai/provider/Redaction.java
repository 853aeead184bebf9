package io.serai.provider;

import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.config.Secret;
import java.util.regex.Pattern;

/** Takes out of a provider's words what is nobody else's business: keys, organisations, addresses. */
public final class Redaction {
    private static final Pattern SECRETS = Pattern.compile(
            "\\b(?:sk|gsk|pk|rk|xai|key)[-_][A-Za-z0-9_*.-]{6,}|\\bAIza[A-Za-z0-9_-]{10,}|\\b(?:org|proj|user)-[A-Za-z0-9]{6,}"
                    + "|(?i:bearer) +[^\\s\"',]+");
    private static final Pattern URLS = Pattern.compile("https?://[^\\s\"'<>)]+");
    private static final int LONGEST = 1_000;

    /** Shorter values of configured headers and query parameters are words, not secrets. */
    private static final int SECRET_LENGTH = 8;

    private Redaction() {}

    /** Host and port of the provider's endpoint; empty when it has none. */
    private static String authority(Provider provider) {
        String endpoint = String.valueOf(provider.endpoint());
        int from = endpoint.indexOf("://");
        if (from < 0) {
            return "";
        }
        int to = endpoint.indexOf('/', from + 3);
        return to < 0 ? endpoint.substring(from + 3) : endpoint.substring(from + 3, to);
    }

    /** Without what looks like somebody's key; for any text. */
    public static String secrets(String text) {
        return SECRETS.matcher(text).replaceAll("***");
    }

    public static String of(Instance instance, String text) {
        String clean = text;
        if (instance.key() != null && !instance.key().reveal().isEmpty()) {
            clean = clean.replace(instance.key().reveal(), "***");
        }
        for (String extra : instance.provider().wire().query().values()) {
            if (extra.length() >= SECRET_LENGTH) {
                clean = clean.replace(extra, "***");
            }
        }
        for (Secret extra : instance.provider().headers().values()) {
            if (extra.reveal().length() >= SECRET_LENGTH) {
                clean = clean.replace(extra.reveal(), "***");
            }
        }
        clean = URLS.matcher(secrets(clean)).replaceAll("[address]");
        String host = authority(instance.provider());
        if (!host.isEmpty()) {
            clean = clean.replace(host, "[address]");
        }
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) + "..." : clean;
    }
}
