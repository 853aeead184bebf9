package io.serai.provider;

import io.serai.call.Instance;
import java.util.regex.Pattern;

/** Takes out of a provider's words what is nobody else's business: keys, organisations, addresses. */
public final class Redaction {
    private static final Pattern SECRETS = Pattern.compile(
            "\\b(?:sk|gsk|pk|rk|xai|key)[-_][A-Za-z0-9_*.-]{6,}|\\bAIza[A-Za-z0-9_-]{10,}|\\b(?:org|proj|user)-[A-Za-z0-9]{6,}"
                    + "|(?i:bearer) +[^\\s\"',]+");
    private static final Pattern URLS = Pattern.compile("https?://[^\\s\"'<>)]+");
    private static final int LONGEST = 1_000;

    private Redaction() {}

    public static String of(Instance instance, String text) {
        String clean = text;
        if (instance.key() != null && !instance.key().reveal().isEmpty()) {
            clean = clean.replace(instance.key().reveal(), "***");
        }
        clean = URLS.matcher(SECRETS.matcher(clean).replaceAll("***")).replaceAll("[address]");
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) + "..." : clean;
    }
}
