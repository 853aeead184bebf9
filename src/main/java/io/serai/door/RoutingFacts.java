package io.serai.door;

import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.Call;
import io.serai.call.Condensation;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Where a call went, for its client: response headers of a plain answer, a comment at the end of a stream. What a header may
 * not hold is replaced, for some of it was the client's own text.
 */
final class RoutingFacts {
    /** Every header that there can be. */
    static final List<String> NAMES = List.of(
            "x-serai-provider",
            "x-serai-instance",
            "x-serai-model",
            "x-serai-overhead-ms",
            "x-serai-ttft-ms",
            "x-serai-params-adapted",
            "x-serai-attempts",
            "x-serai-fallback",
            "x-serai-cost-usd",
            "x-serai-condensed",
            "x-serai-split",
            "x-serai-batched",
            "x-serai-cache");

    /** Characters of a fact. */
    private static final int MOST = 200;
    /** Every name that an adapter has for what it changed must fit. */
    private static final int MOST_ADAPTED = 2_000;

    private RoutingFacts() {}

    /** The headers of an answer that is whole: by now it is known what it cost. */
    static Map<String, String> whole(Call call) {
        Map<String, String> facts = headers(call);
        addCost(call, facts);
        return facts;
    }

    /** Headers as behaviour, section 20, names them; only those that are known by now. */
    static Map<String, String> headers(Call call) {
        Map<String, String> facts = new LinkedHashMap<>();
        Attempt served = call.served();
        if (served != null) {
            facts.put("x-serai-provider", clean(served.target().provider().id()));
            facts.put("x-serai-instance", clean(served.target().instance().id()));
            facts.put("x-serai-model", clean(served.target().model()));
            facts.put("x-serai-overhead-ms", Long.toString(overheadMs(call, served)));
            if (served.firstEventNanos() > 0) {
                facts.put(
                        "x-serai-ttft-ms", Long.toString((served.firstEventNanos() - call.startedNanos()) / 1_000_000));
            }
            if (!served.adapted().isEmpty() || !call.adapted().isEmpty()) {
                TreeSet<String> adapted = new TreeSet<>(served.adapted());
                adapted.addAll(call.adapted());
                facts.put("x-serai-params-adapted", clean(String.join(",", adapted), MOST_ADAPTED));
            }
        }
        if (served != null && served.travel() != null && served.travel().together() > 1) {
            facts.put("x-serai-batched", Integer.toString(served.travel().together()));
        }
        long tried = tried(call);
        if (tried > 0) {
            facts.put("x-serai-attempts", Long.toString(tried));
            facts.put("x-serai-fallback", Boolean.toString(fellBack(call)));
        }
        Condensation condensed = served == null ? null : served.condensation();
        if (condensed != null) {
            facts.put("x-serai-condensed", condensed.method() + ";" + condensed.from() + ";" + condensed.to());
        }
        if (call.cacheResult() instanceof CacheResult cached) {
            facts.put("x-serai-cache", cached.name().toLowerCase(Locale.ROOT));
        }
        if (call.parts() > 0) {
            facts.put("x-serai-split", Integer.toString(call.parts()));
        }
        return facts;
    }

    /** What the call has cost, once its usage is known; nothing where a price is not. */
    private static void addCost(Call call, Map<String, String> facts) {
        BigDecimal usd = call.cost().usd();
        Attempt served = call.served();
        boolean known = served != null && served.usage() != null || call.cacheResult() == CacheResult.HIT;
        if (usd != null && known) {
            facts.put("x-serai-cost-usd", usd.stripTrailingZeros().toPlainString());
        }
    }

    /** Attempts that reached for a provider; a closed door is none. */
    static long tried(Call call) {
        return call.attempts().stream().filter(Attempt::wentOut).count();
    }

    /** The comment that ends a stream. */
    static String comment(Call call) {
        StringBuilder text = new StringBuilder(": serai");
        whole(call)
                .forEach((name, value) -> text.append(' ')
                        .append(name.substring("x-serai-".length()))
                        .append('=')
                        .append(value));
        return text.append("\n\n").toString();
    }

    private static boolean fellBack(Call call) {
        Attempt served = call.served();
        if (served == null) {
            return false;
        }
        Attempt first = call.attempts().stream()
                .filter(a -> a.call().purpose() == served.call().purpose()) // a part of it may have gone elsewhere
                .findFirst()
                .orElse(served);
        return !first.target().provider().id().equals(served.target().provider().id())
                || !first.target().model().equals(served.target().model());
    }

    /** From the request's head to the attempt that served it, and so with the attempts that failed before. */
    private static long overheadMs(Call call, Attempt served) {
        return (served.startedNanos() - call.startedNanos()) / 1_000_000;
    }

    private static String clean(String text) {
        return clean(text, MOST);
    }

    private static String clean(String text, int most) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.append(c > 32 && c < 127 ? (char) c : '_'));
        return clean.length() > most ? clean.substring(0, most) : clean.toString();
    }
}
