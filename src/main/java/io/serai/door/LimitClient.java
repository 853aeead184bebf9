package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Patience;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.context.Tokenizers;
import io.serai.limits.ClientAnswer;
import io.serai.limits.ClientBuckets;
import io.serai.limits.ClientLimits;
import io.serai.limits.Level;
import io.serai.limits.Metered;
import io.serai.routing.Needs;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Holds each client to what it may use in a minute, by its address and by its key. Answers carry what is left of it. */
public final class LimitClient {
    private static final long SECOND_MS = 1000;

    private final ClientLimits buckets;
    private final Settings.PerMinute perAddress;
    private final Settings.PerMinute perKey;
    private final Set<String> keys;
    private final Duration patience;
    private final Tokenizers tokenizers;

    public LimitClient(ClientLimits buckets, Tokenizers tokenizers, Settings settings) {
        this.tokenizers = tokenizers;
        this.buckets = buckets;
        this.perAddress = settings.clients().perAddress();
        this.perKey = settings.clients().perKey();
        this.patience = settings.redis().timeout();
        this.keys = settings.keys().stream().map(Settings.ClientKey::label).collect(Collectors.toSet());
    }

    /**
     * @param whose for the error's text
     * @param id in the buckets
     */
    private record Limited(String whose, String id, Settings.PerMinute limits) {}

    /** Whether the call counts for somebody, so that its answers tell what is left to him. */
    static boolean limits(Call call, Settings settings) {
        Settings.Clients clients = settings.clients();
        String key = call.caller().key();
        return clients.perAddress().any()
                || clients.perKey().any()
                        && settings.keys().stream().anyMatch(one -> one.label().equals(key));
    }

    /** Takes a request from each that has a limit; 429 when there is none left. For a call whose caller is known. */
    public void requests(Exchange exchange) {
        take(Call.of(exchange), Metered.REQUESTS, 1, Patience.of(exchange, patience));
    }

    /**
     * Takes the tokens that the call is expected to use, and puts what it has used in their place before the client has the end
     * of its answer; 429 when there are not so many left. For a call that has its body.
     */
    public void tokens(Exchange exchange) {
        if (perAddress.tokens() == 0 && perKey.tokens() == 0) {
            return;
        }
        Call call = Call.of(exchange);
        Map<Limited, ClientAnswer> taken = take(call, Metered.TOKENS, expected(call), Patience.of(exchange, patience));
        Settlement settlement = new Settlement(call, taken);
        if (call.client() != null) {
            call.client().beforeEnd(settlement::settle);
        }
        call.whenComplete(settlement::settle); // of those who left; and losers of a race may have used more until then
    }

    /** Puts what a call has used in the place of what was taken for it. */
    private final class Settlement {
        private final Call call;
        private final Map<Limited, ClientAnswer> taken;
        private long counted = -1;

        Settlement(Call call, Map<Limited, ClientAnswer> taken) {
            this.call = call;
            this.taken = taken;
        }

        synchronized void settle() {
            Usage usage = call.trail().usage();
            long used = sane(usage.input()) + sane(usage.output());
            long before = counted;
            counted = used;
            taken.forEach((who, first) -> buckets.correct(
                    who.id(), who.limits(), Metered.TOKENS, used - (before < 0 ? first.taken() : before), first));
        }
    }

    /** A provider may have counted anything. */
    private static int sane(long tokens) {
        return Math.clamp(tokens, 0, Integer.MAX_VALUE);
    }

    /** How long a recording is, its bytes do not tell. Which model it will be is not known yet, but for what its name tells. */
    private long expected(Call call) {
        long least = Math.min(
                perAddress.tokens() == 0 ? Long.MAX_VALUE : perAddress.tokens(),
                perKey.tokens() == 0 ? Long.MAX_VALUE : perKey.tokens());
        return call.upload() == null ? Needs.of(call).expected(tokenizers.named(call.model()), least) : 0;
    }

    /** Whom this call counts for; nobody where nothing is limited. */
    private List<Limited> limited(Call call) {
        boolean byKey = perKey.any() && keys.contains(call.caller().key());
        if (!perAddress.any() && !byKey) {
            return List.of();
        }
        Limited key = new Limited("key", ClientBuckets.ofKey(call.caller().key()), perKey);
        if (!perAddress.any()) {
            return List.of(key);
        }
        Limited address =
                new Limited("address", ClientBuckets.ofAddress(call.caller().address()), perAddress);
        return byKey ? List.of(address, key) : List.of(address);
    }

    private Map<Limited, ClientAnswer> take(Call call, Metered what, long amount, Patience patience) {
        Map<Limited, ClientAnswer> taken = new HashMap<>();
        ClientAnswer last = null;
        for (Limited who : limited(call)) {
            last = buckets.take(who.id(), who.limits(), what, amount, patience);
            Duration wait = last.retryAfter();
            if (wait != null) {
                taken.forEach(
                        (other, first) -> buckets.correct(other.id(), other.limits(), what, -first.taken(), first));
                show(call, last);
                throw refused(who, what, wait);
            }
            taken.put(who, last);
        }
        if (last != null) {
            show(call, last); // the key's, where it has limits: never a mixture
        }
        return taken;
    }

    private static ApiError refused(Limited who, Metered what, Duration wait) {
        int limit = what == Metered.REQUESTS
                ? who.limits().requests()
                : who.limits().tokens();
        return ApiError.rateLimited(
                "This " + who.whose() + " may use " + limit + " " + what.word()
                        + " a minute here, and too few are left of them. Try again later.",
                wait);
    }

    private static void show(Call call, ClientAnswer answer) {
        ClientResponse client = call.client();
        if (client != null) {
            Map<String, String> headers = new HashMap<>();
            put(headers, Metered.REQUESTS, answer.requests());
            put(headers, Metered.TOKENS, answer.tokens());
            client.always(headers);
        }
    }

    private static void put(Map<String, String> headers, Metered what, @Nullable Level level) {
        if (level != null) {
            headers.put("x-ratelimit-limit-" + what.word(), Long.toString(level.limit()));
            headers.put("x-ratelimit-remaining-" + what.word(), Long.toString(Math.max(0, level.remaining())));
            headers.put("x-ratelimit-reset-" + what.word(), text(level.reset()));
        }
    }

    /** As OpenAI writes it: {@code 120ms}, {@code 1s}, {@code 6m0s}; rounded up. */
    static String text(Duration time) {
        long ms = time.plusNanos(999_999).toMillis();
        if (ms < SECOND_MS) {
            return ms == 0 ? "0s" : ms + "ms";
        }
        long seconds = (ms + SECOND_MS - 1) / SECOND_MS;
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }
}
