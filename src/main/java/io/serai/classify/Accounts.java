package io.serai.classify;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Bank accounts and payment cards, by their check digits; numbers that documentation uses are nobody's. */
final class Accounts implements Detector {
    static final String IBAN = "iban";
    static final String CARD = "card_number";

    /** Characters of an IBAN by country: SWIFT's IBAN registry. */
    private static final Map<String, Integer> LENGTHS = lengths(
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18"
                    + " FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32"
                    + " LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24"
                    + " RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20");

    /** The registry's own examples, and those of Wikipedia. */
    private static final Set<String> SAMPLE_IBANS = Set.of(
            "DE89370400440532013000",
            "GB29NWBK60161331926819",
            "GB82WEST12345698765432",
            "GB33BUKB20201555555555",
            "FR1420041010050500013M02606",
            "NL91ABNA0417164300",
            "CH9300762011623852957",
            "CH5604835012345678009",
            "ES9121000418450200051332",
            "IT60X0542811101000000123456",
            "AT611904300234573201",
            "BE68539007547034",
            "BE71096123456769",
            "PL61109010140000071219812874",
            "SE4550000000058398257466",
            "NO9386011117947",
            "DK5000400440116243",
            "FI2112345600000785",
            "PT50000201231234567890154",
            "IE29AIBK93115212345678",
            "GR1601101250000000012300695",
            "BR1800360305000010009795493C1",
            "DE75512108001245126199",
            "LU280019400644750000");

    /** What payment services publish for tests. */
    private static final Set<String> SAMPLE_CARDS = Set.of(
            "4242424242424242",
            "4111111111111111",
            "4012888888881881",
            "4000056655665556",
            "4000000000000002",
            "4000000000009995",
            "4000002500003155",
            "4000000000003220",
            "4222222222222",
            "5555555555554444",
            "5105105105105100",
            "5200828282828210",
            "2223003122003222",
            "378282246310005",
            "371449635398431",
            "378734493671000",
            "6011111111111117",
            "6011000990139424",
            "6011981111111113",
            "3056930009020004",
            "30569309025904",
            "38520000023237",
            "36227206271667",
            "3566002020360505",
            "3530111333300000",
            "6200000000000005",
            "5610591081018250",
            "5019717010103742");

    private static final int FEWEST_GROUPS = 3;
    private static final int LONGEST_CARD = 19;

    @Override
    public void find(Words words, Findings found) {
        found.add(IBAN, iban(words.text()));
        for (Numbers.Number number : words.numbers()) {
            found.add(CARD, card(words, number));
        }
    }

    private static double iban(String text) {
        for (int i = 0; i + 15 <= text.length(); i++) { // the shortest is Norway's
            if (isCapital(text.charAt(i))
                    && isCapital(text.charAt(i + 1))
                    && Character.isDigit(text.charAt(i + 2))
                    && (i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1)))) {
                Integer length = LENGTHS.get(text.substring(i, i + 2));
                String iban = length == null ? "" : compact(text, i, length);
                if (!iban.isEmpty() && CheckDigits.iban(iban) && !SAMPLE_IBANS.contains(iban)) {
                    return 0.95;
                }
            }
        }
        return 0;
    }

    /** So many letters and digits with single blanks between; empty when there are fewer, or more behind them. */
    private static String compact(String text, int from, int length) {
        StringBuilder iban = new StringBuilder(length);
        int i = from;
        while (i < text.length() && iban.length() < length) {
            char c = text.charAt(i++);
            if (isCapital(c) || c >= '0' && c <= '9') {
                iban.append(c);
            } else if (c != ' ' && c != '\u00a0') {
                return "";
            }
        }
        boolean more = i < text.length() && Character.isLetterOrDigit(text.charAt(i));
        return iban.length() == length && !more ? iban.toString() : "";
    }

    private static double card(Words words, Numbers.Number number) {
        List<Integer> groups = number.groups();
        for (int first = 0; first < groups.size(); first++) {
            int length = 0;
            for (int behind = first + 1; behind <= groups.size() && length <= LONGEST_CARD; behind++) {
                String digits = number.digits(first, behind);
                length = digits.length();
                if (isCard(digits)) {
                    return SAMPLE_CARDS.contains(digits) ? 0 : card(words, number, behind - first);
                }
            }
        }
        return 0;
    }

    private static double card(Words words, Numbers.Number number, int groups) {
        boolean named = words.near("cue-card", number.from(), number.to(), 12, 12);
        boolean sample = words.near("cue-sample", number.from(), number.to(), 12, 12);
        boolean other = words.near("cue-number", number.from(), number.to(), 5, 2);
        double score = named ? 0.95 : groups > FEWEST_GROUPS ? 0.7 : groups == FEWEST_GROUPS ? 0.5 : 0.35;
        return sample ? score * 0.4 : other && !named ? score * 0.4 : score;
    }

    /** A brand's first digits and length, and the check digit. ISO/IEC 7812 and the brands' own ranges. */
    private static boolean isCard(String digits) {
        int length = digits.length();
        if (length < 13 || length > LONGEST_CARD) {
            return false;
        }
        int two = Integer.parseInt(digits.substring(0, 2));
        int four = Integer.parseInt(digits.substring(0, 4));
        boolean brand = digits.charAt(0) == '4' && (length == 13 || length == 16 || length == 19)
                || (two >= 51 && two <= 55 || four >= 2221 && four <= 2720) && length == 16
                || (two == 34 || two == 37) && length == 15
                || (four == 6011 || two == 65 || four >= 6440 && four <= 6499) && length >= 16
                || four >= 3528 && four <= 3589 && length >= 16
                || (two == 36 || two == 38 || four >= 3000 && four <= 3059) && length == 14
                || two == 62 && length >= 16;
        return brand && CheckDigits.luhn(digits);
    }

    private static boolean isCapital(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static Map<String, Integer> lengths(String table) {
        Map<String, Integer> lengths = new java.util.HashMap<>();
        for (String entry : table.split(" ")) {
            lengths.put(entry.substring(0, 2), Integer.valueOf(entry.substring(2)));
        }
        return Map.copyOf(lengths);
    }
}
