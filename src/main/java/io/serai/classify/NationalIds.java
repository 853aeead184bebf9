package io.serai.classify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers that a state gives its people. Where the scheme has check digits they must agree; where a tenth of all numbers would
 * agree, a word beside it must say what it is.
 */
final class NationalIds implements Detector {
    static final String CATEGORY = "national_id";
    private static final double SURE = 0.9;

    private static final Pattern SSN = Pattern.compile("(?!000|666|9)\\d{3}([- ])(?!00)\\d\\d\\1(?!0000)\\d{4}");
    private static final Pattern CPF = Pattern.compile("\\d{3}\\.\\d{3}\\.\\d{3}-\\d\\d");
    private static final Pattern AHV = Pattern.compile("756\\.?\\d{4}\\.?\\d{4}\\.?\\d\\d");
    private static final Pattern SWEDEN = Pattern.compile("(?:19|20)?(\\d\\d[01]\\d[0-3]\\d)-(\\d{4})");

    private static final Pattern NINO =
            Pattern.compile("(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\\d{6}[A-D]");
    private static final Pattern DNI = Pattern.compile("([XYZ]?)(\\d{7,8})([A-HJ-NP-TV-Z])");
    private static final Pattern FISCALE = Pattern.compile("[A-Z]{6}\\d\\d[A-EHLMPRST]\\d\\d[A-Z]\\d{3}[A-Z]");
    private static final int FEWEST_DIGITS = 3;
    private static final int SHORTEST = 6;
    private static final int LONGEST = 16;

    @Override
    public void find(Words words, Findings found) {
        for (Numbers.Number number : words.numbers()) {
            boolean named = words.near("cue-id", number.from(), number.to(), 6, 3);
            boolean document = words.near("cue-document", number.from(), number.to(), 4, 0);
            found.add(CATEGORY, document ? 0.8 : score(number, named));
        }
        for (int i = 0; i < words.count(); i++) {
            if (isCode(words.word(i))) {
                found.add(CATEGORY, score(words, i));
            }
        }
    }

    /** Of digits alone. */
    private static double score(Numbers.Number number, boolean named) {
        String written = number.written();
        String digits = number.digits();
        Matcher sweden = SWEDEN.matcher(written);
        if (SSN.matcher(written).matches() || sweden.matches() && CheckDigits.luhn(sweden.group(1) + sweden.group(2))) {
            return named ? 0.95 : 0.6;
        }
        if (CPF.matcher(written).matches() && CheckDigits.cpf(digits)
                || AHV.matcher(written).matches() && CheckDigits.ean(digits)) {
            return SURE;
        }
        return !agrees(digits) ? 0 : named ? SURE : number.groups().size() > 1 ? 0.2 : 0;
    }

    /** Letters and digits together, as in the codes of states and on passports. */
    private static boolean isCode(String word) {
        if (word.length() < SHORTEST || word.length() > LONGEST) {
            return false;
        }
        int digits = 0;
        for (int i = 0; i < word.length(); i++) {
            digits += word.charAt(i) >= '0' && word.charAt(i) <= '9' ? 1 : 0;
        }
        return digits >= FEWEST_DIGITS && digits < word.length();
    }

    private static double score(Words words, int index) {
        String code = words.written(index);
        int from = words.start(index);
        int to = from + code.length();
        boolean named = words.near("cue-id", from, to, 6, 3);
        if (FISCALE.matcher(code).matches() && CheckDigits.fiscale(code)) {
            return 0.95;
        }
        Matcher dni = DNI.matcher(code);
        if (dni.matches() && isDni(dni)) {
            return named ? 0.95 : 0.4;
        }
        if (NINO.matcher(code).matches()) {
            return named ? SURE : 0.6;
        }
        return words.near("cue-document", from, to, 4, 0) ? 0.8 : 0;
    }

    private static boolean isDni(Matcher match) {
        String prefix = match.group(1);
        String digits = (prefix.isEmpty() ? "" : String.valueOf(prefix.charAt(0) - 'X')) + match.group(2);
        return digits.length() == 8 && CheckDigits.dni(digits, match.group(3).charAt(0));
    }

    /** By any of the schemes that have nothing but digits. */
    private static boolean agrees(String digits) {
        return switch (digits.length()) {
            case 9 -> CheckDigits.bsn(digits) || CheckDigits.luhn(digits);
            case 10 -> isDay(digits, 0) && CheckDigits.luhn(digits);
            case 11 ->
                CheckDigits.germanTaxId(digits)
                        || CheckDigits.pesel(digits)
                        || CheckDigits.cpf(digits)
                        || isDay(digits, 0) && (CheckDigits.mod97(digits) || CheckDigits.mod97Since2000(digits));
            case 12 -> CheckDigits.verhoeff(digits);
            case 15 -> (digits.charAt(0) == '1' || digits.charAt(0) == '2') && CheckDigits.mod97(digits);
            default -> false;
        };
    }

    /** Year, month, day, two digits each. */
    private static boolean isDay(String digits, int from) {
        int month = Integer.parseInt(digits.substring(from + 2, from + 4));
        int day = Integer.parseInt(digits.substring(from + 4, from + 6));
        return month >= 1 && month <= 12 && day >= 1 && day <= 31;
    }
}
