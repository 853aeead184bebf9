package io.serai.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A wrong digit is noticed, wherever it stands. */
final class CheckDigitsProperties {
    @Property
    void byLuhn(@ForAll @IntRange(max = 15) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("4539148803436467", place, by, CheckDigits::luhn);
    }

    @Property
    void byTheIban(@ForAll @IntRange(min = 2, max = 21) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("DE89370400440532013000", place, by, CheckDigits::iban);
    }

    @Property
    void byVerhoeff(@ForAll @IntRange(max = 11) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("234123412346", place, by, CheckDigits::verhoeff);
    }

    @Property
    void byPesel(@ForAll @IntRange(max = 10) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("44051401359", place, by, CheckDigits::pesel);
    }

    @Property
    void byTheCpf(@ForAll @IntRange(max = 10) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("52998224725", place, by, CheckDigits::cpf);
    }

    @Property
    void byTheBsn(@ForAll @IntRange(max = 8) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("111222333", place, by, CheckDigits::bsn);
    }

    @Property
    void byTheGermanTaxId(@ForAll @IntRange(max = 10) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("86095742719", place, by, CheckDigits::germanTaxId);
    }

    @Property
    void byTheNir(@ForAll @IntRange(max = 14) int place, @ForAll @IntRange(min = 1, max = 9) int by) {
        noticed("255081416802538", place, by, CheckDigits::mod97);
    }

    private static void noticed(String right, int place, int by, Predicate<String> agrees) {
        char other = (char) ('0' + (right.charAt(place) - '0' + by) % 10);
        String wrong = right.substring(0, place) + other + right.substring(place + 1);

        assertThat(agrees.test(right)).isTrue();
        assertThat(agrees.test(wrong)).isFalse();
    }
}
