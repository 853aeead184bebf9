package io.serai.classify;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** E-mail addresses of people. An office's address, and one of the domains that are set aside for examples, name nobody. */
final class Emails implements Detector {
    static final String CATEGORY = "email";
    /** Possessive, so that a long text without an address costs one look at each character. */
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9-]++(?:\\.[A-Za-z0-9-]++)*+");

    private static final Pattern TOP = Pattern.compile("[A-Za-z]{2,24}");

    /** RFC 2606 and RFC 6761; acme is what examples call a company. */
    private static final Pattern RESERVED =
            Pattern.compile("(?:.*\\.)?(?:example(?:\\.[a-z.]+)?|test|localhost|invalid|local|acme(?:\\.[a-z.]+)?)");

    /** RFC 2142, and what offices are called beside it. */
    private static final Set<String> OFFICES = Set.of(
            "info",
            "support",
            "sales",
            "contact",
            "kontakt",
            "hello",
            "office",
            "admin",
            "administrator",
            "root",
            "webmaster",
            "postmaster",
            "hostmaster",
            "abuse",
            "security",
            "noc",
            "noreply",
            "no-reply",
            "donotreply",
            "help",
            "helpdesk",
            "service",
            "team",
            "press",
            "presse",
            "media",
            "marketing",
            "jobs",
            "careers",
            "hr",
            "billing",
            "accounts",
            "accounting",
            "orders",
            "newsletter",
            "news",
            "mail",
            "email",
            "git",
            "feedback",
            "privacy",
            "legal",
            "dpo",
            "enquiries",
            "inquiries",
            "reception",
            "booking",
            "reservations");

    private static final Set<String> PLACEHOLDERS = Set.of(
            "user",
            "username",
            "you",
            "me",
            "name",
            "yourname",
            "your.name",
            "foo",
            "bar",
            "foo.bar",
            "test",
            "tester",
            "someone",
            "somebody",
            "john.doe",
            "jane.doe",
            "johndoe",
            "janedoe",
            "alice",
            "bob",
            "from",
            "to",
            "first.last");

    @Override
    public void find(Words words, Findings found) {
        String text = words.text();
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            found.add(CATEGORY, score(text, at));
        }
    }

    private static double score(String text, int at) {
        int from = at;
        while (from > 0 && isLocal(text.charAt(from - 1)) && at - from < 64) { // RFC 5321
            from--;
        }
        Matcher domain = DOMAIN.matcher(text).region(at + 1, text.length());
        if (from == at || !domain.lookingAt() || isCredential(text, from)) {
            return 0;
        }
        String host = domain.group().toLowerCase(Locale.ROOT);
        int dot = host.lastIndexOf('.');
        if (dot < 0
                || !TOP.matcher(host.substring(dot + 1)).matches()
                || RESERVED.matcher(host).matches()) {
            return 0;
        }
        String local = text.substring(from, at).toLowerCase(Locale.ROOT);
        if (OFFICES.contains(local) || PLACEHOLDERS.contains(local) || local.length() == 1) {
            return 0.1;
        }
        return 0.9;
    }

    /** The password of {@code scheme://user:password@host}, which is no address. */
    private static boolean isCredential(String text, int from) {
        int place = from - 1;
        while (place >= 0 && from - place < 100 && !Character.isWhitespace(text.charAt(place))) {
            if (text.startsWith("://", place)) {
                return true;
            }
            place--;
        }
        return false;
    }

    private static boolean isLocal(char c) {
        return c < 128 && Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
    }
}
