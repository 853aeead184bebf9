package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Prices;
import io.serai.call.Usage;
import io.serai.context.Tokens;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What models cost in US dollars where that decides how a request goes; bills are the ledger's. */
final class ExpectedCost {
    /**
     * What a token counts where nobody knows the price: the list price of one of the dearest models in common use, Claude Opus
     * 4.1 (<a href="https://platform.claude.com/docs/en/about-claude/pricing">Anthropic's prices</a>), so that nobody is
     * surprised by more.
     */
    private static final BigDecimal UNKNOWN_INPUT = new BigDecimal("0.000015");

    private static final BigDecimal UNKNOWN_OUTPUT = new BigDecimal("0.000075");

    private static final int BYTES_A_TOKEN = 4;

    /** What is a hundredth of a cap does not matter to it. */
    private static final int FAR = 100;

    private ExpectedCost() {}

    /**
     * What a request is expected to cost, null when a price is not known.
     *
     * @param tokens of its input
     */
    static @Nullable BigDecimal expected(Prices prices, long tokens, Needs needs) {
        BigDecimal in = prices.of(Prices.INPUT);
        BigDecimal out = prices.of(Prices.OUTPUT);
        return in == null || out == null ? null : sum(in, tokens, out, answer(needs));
    }

    /** The same, where an unknown price counts as a high one. */
    static BigDecimal atMost(Prices prices, long tokens, Needs needs) {
        return sum(input(prices), tokens, output(prices), answer(needs));
    }

    /** The same for what goes on the account of a cap; counted only where a wrong guess would be seen in it. */
    static BigDecimal under(Prices prices, Needs needs, BigDecimal cap, Supplier<Tokens> model) {
        long guess = needs.length().guess();
        BigDecimal most = input(prices).multiply(BigDecimal.valueOf(guess * BYTES_A_TOKEN * FAR));
        return atMost(prices, most.compareTo(cap) <= 0 ? guess : needs.length().in(model.get()), needs);
    }

    /** What an attempt has cost, as far as its usage tells, where an unknown price counts as a high one. */
    static BigDecimal of(Attempt attempt) {
        BigDecimal known = attempt.cost().usd();
        Usage usage = attempt.usage();
        return known != null || usage == null
                ? Objects.requireNonNullElse(known, BigDecimal.ZERO)
                : sum(UNKNOWN_INPUT, usage.input(), UNKNOWN_OUTPUT, usage.output());
    }

    /** What it costs to read so many tokens, where an unknown price counts as a high one. */
    static BigDecimal read(Prices prices, long tokens) {
        return input(prices).multiply(BigDecimal.valueOf(tokens));
    }

    /** Tokens that the answer is expected to have. */
    static long answer(Needs needs) {
        return needs.answer() > 0 ? Math.min(needs.answer(), Walk.USUAL_ANSWER) : Walk.USUAL_ANSWER;
    }

    private static BigDecimal sum(BigDecimal in, long input, BigDecimal out, long output) {
        return in.multiply(BigDecimal.valueOf(input)).add(out.multiply(BigDecimal.valueOf(output)));
    }

    private static BigDecimal input(Prices prices) {
        BigDecimal known = prices.of(Prices.INPUT);
        return known == null ? UNKNOWN_INPUT : known;
    }

    private static BigDecimal output(Prices prices) {
        BigDecimal known = prices.of(Prices.OUTPUT);
        return known == null ? UNKNOWN_OUTPUT : known;
    }
}
