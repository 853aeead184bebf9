package io.serai.classify;

/**
 * Whether the digits of a number agree with its check digits. Numbers are texts of ASCII digits, or of digits and capital letters
 * where a scheme has them.
 */
final class CheckDigits {
    /** Multiplication in the dihedral group of ten elements, and the permutation by place: Verhoeff, 1969. */
    private static final String[] DIHEDRAL = {
        "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
        "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"
    };

    private static final String[] PERMUTED = {
        "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"
    };

    private static final String DNI = "TRWAGMYFPDXBNJZSQVHLCKE";
    /** Values of letters in odd places of a codice fiscale; a digit has that of the letter of its place in the alphabet. */
    private static final int[] FISCALE_ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private CheckDigits() {}

    /** ISO/IEC 7812: payment cards, Canada's SIN, Sweden's personnummer. */
    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int value = digits.charAt(digits.length() - 1 - i) - '0';
            int doubled = 2 * value;
            sum += i % 2 == 0 ? value : doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }

    /** ISO 7064 MOD 97-10 over an IBAN, its country and check digits in front. */
    static boolean iban(String iban) {
        int rest = 0;
        for (int i = 0; i < iban.length(); i++) {
            int value = Character.digit(iban.charAt((i + 4) % iban.length()), 36);
            rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
        }
        return rest == 1;
    }

    /** ISO 7064 MOD 11,10, and that one digit of the first ten stands twice or three times and another is missing. */
    static boolean germanTaxId(String digits) {
        int product = 10;
        int[] times = new int[10];
        for (int i = 0; i < 10; i++) {
            int digit = digits.charAt(i) - '0';
            times[digit]++;
            int sum = (digit + product) % 10;
            product = 2 * (sum == 0 ? 10 : sum) % 11;
        }
        int repeated = 0;
        for (int each : times) {
            repeated += each > 1 ? 1 : 0;
        }
        return repeated == 1 && (11 - product) % 10 == digits.charAt(10) - '0';
    }

    /** The Netherlands' BSN: weights 9 to 2 and -1, divisible by 11. */
    static boolean bsn(String digits) {
        int sum = -(digits.charAt(8) - '0');
        for (int i = 0; i < 8; i++) {
            sum += (9 - i) * (digits.charAt(i) - '0');
        }
        return sum % 11 == 0;
    }

    /** Brazil's CPF: two digits, each modulo 11. */
    static boolean cpf(String digits) {
        for (int length = 9; length < 11; length++) {
            int sum = 0;
            for (int i = 0; i < length; i++) {
                sum += (length + 1 - i) * (digits.charAt(i) - '0');
            }
            if (sum * 10 % 11 % 10 != digits.charAt(length) - '0') {
                return false;
            }
        }
        return digits.chars().distinct().count() > 1;
    }

    /** Poland's PESEL: weights 1, 3, 7, 9. */
    static boolean pesel(String digits) {
        int[] weights = {1, 3, 7, 9};
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += weights[i % 4] * (digits.charAt(i) - '0');
        }
        return (10 - sum % 10) % 10 == digits.charAt(10) - '0';
    }

    /** EAN-13: Switzerland's AHV number. */
    static boolean ean(String digits) {
        int sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
        }
        return (10 - sum % 10) % 10 == digits.charAt(12) - '0';
    }

    /** 97 less the rest of all but the last two digits is the last two: France's NIR, Belgium's register number before 2000. */
    static boolean mod97(String digits) {
        long body = Long.parseLong(digits.substring(0, digits.length() - 2));
        return 97 - body % 97 == Long.parseLong(digits.substring(digits.length() - 2));
    }

    /** Belgium's register number of those born since 2000. */
    static boolean mod97Since2000(String digits) {
        return mod97("2" + digits);
    }

    /** Spain's DNI: eight digits and a letter. */
    static boolean dni(String digits, char letter) {
        return DNI.charAt(Integer.parseInt(digits) % 23) == letter;
    }

    /** Italy's codice fiscale, sixteen capitals and digits. */
    static boolean fiscale(String code) {
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            char c = code.charAt(i);
            int value = Character.isDigit(c) ? c - '0' : c - 'A';
            sum += i % 2 == 0 ? FISCALE_ODD[value] : value;
        }
        return 'A' + sum % 26 == code.charAt(15);
    }

    /** Verhoeff: India's Aadhaar. */
    static boolean verhoeff(String digits) {
        int check = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            check = DIHEDRAL[check].charAt(PERMUTED[i % 8].charAt(digit) - '0') - '0';
        }
        return check == 0;
    }
}
