package io.serai.classify;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys, tokens and passwords: by the shapes that vendors give them, or by a name in front. A placeholder is none. */
final class Secrets implements Detector {
    static final String CATEGORY = "secret";

    /** OpenAI and Anthropic, GitHub, GitLab, AWS, Slack, Google, Stripe, npm, Hugging Face, SendGrid; JSON Web Tokens. */
    private static final Pattern VENDORS =
            Pattern.compile("(?<![A-Za-z0-9])(?:sk-(?:proj-|ant-[a-z0-9]+-|or-v1-)?[A-Za-z0-9_-]{20,}+"
                    + "|gh[pousr]_[A-Za-z0-9]{30,}+|github_pat_[A-Za-z0-9_]{40,}+|glpat-[A-Za-z0-9_-]{18,}+"
                    + "|A(?:KI|SI)A[A-Z2-7]{16}(?![A-Za-z0-9])|xox[abprs]-[A-Za-z0-9-]{15,}+|AIza[A-Za-z0-9_-]{30,}+"
                    + "|[rsp]k_(?:live|test)_[A-Za-z0-9]{20,}+|npm_[A-Za-z0-9]{30,}+|hf_[A-Za-z0-9]{30,}+|SG\\.[A-Za-z0-9_-]{20,}+"
                    + "|gsk_[A-Za-z0-9]{40,}+|eyJ[A-Za-z0-9_-]{10,}+\\.eyJ[A-Za-z0-9_-]{10,}+\\.[A-Za-z0-9_-]{10,}+)");

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----\\s*+[A-Za-z0-9+/=:]{20}");
    private static final Pattern IN_URL = Pattern.compile("://[^\\s/:@]{0,100}+:([^\\s/@]{3,100}+)@");
    private static final String GIVEN = "[\"'`]?\\s?(?:[:=]{1,2}|=>|is|ist|lautet|est|es|è)\\s?[\"'`]?";
    private static final Pattern PASSWORD =
            Pattern.compile("(?i)(?:passwor[dt]|passwd|passphrase|pwd|kennwort|mot de passe|contraseña"
                    + "|wachtwoord|senha)" + GIVEN + "([^\\s\"'`,;&<>)]{6,200})");
    private static final Pattern KEY = Pattern.compile("(?i)(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key)"
            + "(?:_[A-Za-z0-9_]{1,20}+)?(?![A-Za-z])" + GIVEN + "([A-Za-z0-9+/=_.~-]{16,200})");
    private static final Pattern BEARER = Pattern.compile("(?i)bearer\\s++([A-Za-z0-9._~+/=-]{20,}+)");
    /** Later in the sentence, for people do not write colons: "the password of my router is ...". */
    private static final Pattern SAID = Pattern.compile(
            "(?i)(?:passwor[dt]|kennwort|passphrase|login|log in|pin)\\b[^.!?\\n]{0,60}?(?:\\bis\\b|\\bist\\b|\\blautet\\b|:|/)\\s{1,2}[\"'`]?(\\S{6,80})");

    private static final Pattern PLACEHOLDER = Pattern.compile(
            "(?i)[$%{<\\[*].*|.*(?:your|xxx|\\.\\.\\.|…|example|placeholder|changeme|change_me|redacted|dummy|insert|secret|password|\\*\\*\\*).*"
                    + "|[a-z]+|(?:os|process|env|System|config|settings|self|this)\\..*|.*[()\\[\\]{}<>`\\\\].*|/.*|.*://.*");
    private static final Pattern LETTER = Pattern.compile("[A-Za-z]");
    private static final Pattern DIGIT = Pattern.compile("\\d");
    private static final Pattern SIGN = Pattern.compile("[!#$%^&*+~?]");
    private static final Pattern END = Pattern.compile("[.,!?:;)\\]}]+$");

    /** What the vendors' begin with: it is cheaper to look for these first. */
    private static final List<String> BEGINNINGS = List.of(
            "sk-", "gh", "glpat-", "KIA", "SIA", "xox", "AIza", "k_live_", "k_test_", "npm_", "hf_", "SG.", "gsk_",
            "eyJ");

    private static final int REACH = 320;

    @Override
    public void find(Words words, Findings found) {
        String text = words.text();
        if (BEGINNINGS.stream().anyMatch(text::contains)) {
            Matcher vendors = VENDORS.matcher(text);
            while (vendors.find()) {
                found.add(CATEGORY, isMixed(vendors.group()) ? 0.95 : 0.3);
            }
        }
        if (text.contains("-----BEGIN ") && PEM.matcher(text).find()) {
            found.add(CATEGORY, 0.95);
        }
        for (int at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 1)) {
            value(IN_URL, text, at, 0.85, found);
        }
        for (Lexicon.Hit cue : words.hits("cue-secret")) {
            int at = words.start(cue.from());
            value(BEARER, text, at, 0.8, found);
            value(KEY, text, at, 0.8, found);
            value(PASSWORD, text, at, 0.8, found);
            value(SAID, text, at, 0.65, found);
        }
    }

    /** A pattern that begins at a place of the text. */
    private static void value(Pattern pattern, String text, int at, double score, Findings found) {
        Matcher match = pattern.matcher(text).region(at, Math.min(text.length(), at + REACH));
        if (match.lookingAt()) {
            String value = match.group(1);
            if (!PLACEHOLDER.matcher(value).matches() && isMixed(value)) {
                found.add(CATEGORY, score);
            }
        }
    }

    /** Not one plain word or several with hyphens between: a letter and a digit, or a letter and a sign that words don't have. */
    private static boolean isMixed(String value) {
        return LETTER.matcher(value).find()
                && (DIGIT.matcher(value).find()
                        || SIGN.matcher(END.matcher(value).replaceAll("")).find());
    }
}
