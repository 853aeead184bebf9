package io.serai.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.CacheWishes;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.JsonBytes;
import io.serai.call.Operation;
import io.serai.call.RecordingRoom;
import io.serai.call.Saved;
import io.serai.call.WholeUsage;
import io.serai.config.Settings;
import io.serai.stream.ChunkLog;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/** The steps of the routes {@code cache} and {@code cache-store}: what of a call's answer comes out of the cache or goes in. */
public final class AnswerSteps {
    private final Ways ways;
    private final AnswerKey keys;
    private final Flights flights;
    private final Clearings clearings;
    private final Replies replies;
    private final Backends backends;
    private final Assembly assembly;
    private final ObjectMapper json;
    private final Settings.ResponseCache settings;
    private final RecordingRoom room;
    private final boolean any;

    /** @param any whether any model's answers are kept */
    AnswerSteps(
            Ways ways,
            AnswerKey keys,
            Flights flights,
            Clearings clearings,
            Replies replies,
            Backends backends,
            ObjectMapper json,
            Settings.ResponseCache settings,
            RecordingRoom room,
            boolean any) {
        this.ways = ways;
        this.keys = keys;
        this.flights = flights;
        this.clearings = clearings;
        this.replies = replies;
        this.backends = backends;
        this.assembly = new Assembly(json);
        this.json = json;
        this.settings = settings;
        this.room = room;
        this.any = any;
    }

    /** The questions that the routes ask, by their names. */
    public Map<String, Predicate> questions() {
        return Map.of(
                "usesCache", e -> any && isClients(Call.of(e)),
                "looksForAnswer", e -> Lookup.of(e) instanceof Lookup lookup && lookup.looks,
                "isUnanswered", e -> Call.of(e).served() == null,
                "leadsFlight", e -> Lookup.of(e) instanceof Lookup lookup && lookup.flight() != null,
                "keepsAnswer", e -> any && Lookup.of(e) instanceof Lookup lookup && lookup.take(),
                "isWorthKeeping", e -> e.getMessage().getBody() instanceof CacheContent);
    }

    /** A part of one is the broker's own question. */
    private static boolean isClients(Call call) {
        return call.operation() == Operation.CHAT && !call.isPart() && call.client() != null;
    }

    /** What the answer is kept under, and whether it may be given and kept at all. */
    public void name(Exchange exchange) {
        Call call = Call.of(exchange);
        Ways.Way way = ways.of(call.model());
        if (way.kept().isEmpty()) {
            return;
        }
        CacheWishes wishes = call.cacheWishes();
        boolean warm = isTooWarm(call.body());
        Duration maxAge = wishes.maxAge();
        boolean looks = !warm && !wishes.noCache() && !(maxAge != null && maxAge.isZero());
        call.cached(looks ? CacheResult.MISS : CacheResult.BYPASS, Saved.NOTHING);
        if (warm) {
            return;
        }
        boolean keeps = !wishes.noStore()
                && (settings.streams() || !call.streaming())
                && !(wishes.ttl() != null && wishes.ttl().isZero());
        Duration ttl = wishes.ttl() == null ? settings.ttl() : wishes.ttl();
        Lookup lookup = new Lookup(keys.of(call, way), call.model(), way, looks, keeps, maxAge, ttl, clearings.now());
        call.answersBy(lookup);
        call.whenComplete(lookup::over);
        if (keeps && call.streaming()) {
            call.recordIn(room);
        }
    }

    private boolean isTooWarm(ObjectNode body) {
        Double most = settings.maxTemperature();
        return most != null && body.path("temperature").asDouble(1) > most;
    }

    /** The body becomes the key, for {@code cache-get}. */
    public void ask(Exchange exchange) {
        Lookup lookup = Lookup.of(exchange);
        exchange.getMessage().setBody(lookup == null ? null : lookup.key);
    }

    /** The {@link Parcel} that was found becomes the call's reply, if it is one that may be given. */
    public void take(Exchange exchange) {
        Lookup lookup = Lookup.of(exchange);
        if (lookup != null && exchange.getMessage().getBody() instanceof Parcel parcel) {
            BackendCounts counts = backends.counts(parcel.backend());
            try {
                if (isYoung(parcel, lookup)) {
                    replies.give(Call.of(exchange), lookup, Answer.decode(parcel.content()));
                }
                counts.hits.increment();
            } catch (IOException e) { // whole, but no answer: another wrote it, or another version of Serai
                counts.noAnswer(exchange.getProperty(CacheSteps.AGAIN) == null);
            }
        }
        exchange.getMessage().setBody(null);
    }

    private static boolean isYoung(Parcel parcel, Lookup lookup) {
        Duration maxAge = lookup.maxAge;
        return maxAge == null || System.currentTimeMillis() - parcel.storedAt() <= maxAge.toMillis();
    }

    /**
     * Waits for the call that asks the same, if there is one, and takes its answer. Returns without an answer when there is none
     * or it brings none: then the call leads, or goes for itself.
     */
    public void join(Exchange exchange) throws Exception {
        Lookup lookup = Lookup.of(exchange);
        if (lookup == null || !lookup.looks || !lookup.keeps) {
            return;
        }
        flights.join(Call.of(exchange), lookup);
        if (lookup.flight() != null) {
            exchange.setProperty(CacheSteps.AGAIN, true);
        }
    }

    /** The call has been answered: those who wait for the same hear it, and a copy is put aside to be kept. */
    public void keep(Exchange exchange) throws Exception {
        Lookup lookup = Lookup.of(exchange);
        replies.missed(Call.of(exchange));
        if (lookup != null && lookup.keeps) {
            flights.answered(Call.of(exchange), lookup);
        }
    }

    /** However it went, nobody waits any longer. */
    public void land(Exchange exchange) {
        Lookup lookup = Lookup.of(exchange);
        if (lookup != null && lookup.flight() instanceof Flight flight) {
            Flights.land(Call.of(exchange), flight);
        }
    }

    /** What was put aside becomes the body, as {@code cache-put} takes it; null when it is not whole. */
    public void pack(Exchange exchange) throws IOException {
        Lookup lookup = Lookup.of(exchange);
        Call call = Call.of(exchange);
        exchange.getMessage().setBody(lookup == null ? null : content(call, lookup));
    }

    private @Nullable CacheContent content(Call call, Lookup lookup) throws IOException {
        Attempt served = call.served();
        ObjectNode whole = lookup.whole() == null ? assembled(lookup.log()) : lookup.whole();
        if (served == null || whole == null || !Completeness.of(whole)) {
            return null;
        }
        whole.put("model", served.servedModel());
        WholeUsage.put(whole, call, served);
        byte[] body = JsonBytes.of(json, whole);
        if (body.length > settings.maxAnswerBytes()) {
            return null;
        }
        Answer answer = new Answer(
                served.target().provider().id(),
                served.target().instance().id(),
                served.target().model(),
                served.servedModel(),
                saved(call),
                body);
        return new CacheContent(
                lookup.key, lookup.path, answer.provider(), answer.model(), lookup.ttl, lookup.since, answer.encode());
    }

    private @Nullable ObjectNode assembled(@Nullable ChunkLog log) throws IOException {
        List<byte[]> chunks = log == null ? null : log.chunks();
        return chunks == null ? null : assembly.whole(chunks);
    }

    /** What the call used, which the next one need not. */
    static Saved saved(Call call) {
        CallRecord record = call.soFar();
        return new Saved(
                record.usage().input(), record.usage().output(), record.cost().usd());
    }

    /** It is kept, or could not be. */
    public void clear(Exchange exchange) {
        Lookup lookup = Lookup.of(exchange);
        if (lookup != null) {
            lookup.clear();
        }
    }
}
