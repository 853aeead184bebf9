package io.serai.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call on one instance. Written by the route that makes it, and by its stream once that is open.
 */
public final class Attempt {
    public static final String PROPERTY = "attempt";

    private final Call call;
    private final int number;
    private Target target;
    private final long startedNanos = System.nanoTime();
    private final List<String> adapted = new ArrayList<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final ObjectNode body;
    private @Nullable String url;
    private byte[] payload = new byte[0];
    private @Nullable Multipart form;
    private volatile String streamType = "text/event-stream";
    private int payloadBytes;
    private @Nullable Answer answer;
    private volatile Map<String, String> rateHeaders = Map.of();
    private volatile @Nullable Reply reply;
    private volatile @Nullable UpstreamFailure failure;
    private volatile @Nullable Usage usage;
    private volatile Function<String, Prices> priceList = model -> Prices.NONE;
    private volatile @Nullable Prices prices;
    private volatile long firstEventNanos;
    private volatile long endedNanos;
    private @Nullable String servedModel;
    private volatile @Nullable String serviceTier;
    private @Nullable AutoCloseable guard;
    private volatile boolean overtaken;
    private volatile boolean contextGuessed;
    private @Nullable Usage assumed;
    private long outputTold = -1;
    private @Nullable Travel travel;
    private Counter counter = new Counter() {
        @Override
        public long counted() {
            return guessed();
        }

        @Override
        public long guessed() {
            return (payloadBytes + 3) / 4;
        }
    };
    private @Nullable Condensation condensation;
    private volatile @Nullable Attempt wentOut;

    public Attempt(Call call, int number, Target target, ObjectNode body) {
        this.call = call;
        this.number = number;
        this.target = target;
        this.body = body;
    }

    /** The attempt that the exchange's branch makes. */
    public static Attempt of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Attempt.class);
    }

    /** A provider's plain answer as it came. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {}

    public Call call() {
        return call;
    }

    /** 1 for the first try of the call. */
    public int number() {
        return number;
    }

    public Target target() {
        return target;
    }

    public Target getTarget() {
        return target;
    }

    /** The provider's route, for the walk's {@code toD}; the one where it meets others when it travels with them. */
    public String getRoute() {
        return travel == null ? target.instance().routeId() : travel.route();
    }

    /** How it travels with the attempts of other calls; null: it goes alone. */
    public @Nullable Travel travel() {
        return travel;
    }

    /** It joins others, and goes where they go. */
    public void travels(Travel together, Target where) {
        travel = together;
        target = where;
    }

    /** What is known of the attempt that went out in place of this one becomes known of this one, but for what it used. */
    public void wentOutAs(Attempt other) {
        wentOut = other;
        payloadBytes = other.payloadBytes;
        adapted.addAll(other.adapted);
        rateHeaders = other.rateHeaders;
        streamType = other.streamType;
        servedModel = other.servedModel;
        if (other.firstEventNanos != 0) {
            firstEvent();
        }
    }

    /** The request in OpenAI's shape, this attempt's own: an adapter may change it. */
    public ObjectNode body() {
        return body;
    }

    /** What the adapter changed of the client's request, by field name. */
    public List<String> adapted() {
        return adapted;
    }

    /** The size of {@link #payload}, also when it is gone. */
    public int payloadBytes() {
        return payloadBytes;
    }

    /** The request is out: its bytes are not kept while the answer comes, which may take minutes. */
    public void sent() {
        payload = new byte[0];
    }

    /** The request as it goes to the provider: JSON in the provider's shape, UTF-8. */
    public byte[] payload() {
        return payload;
    }

    public void prepared(byte[] bytes) {
        payload = bytes;
        payloadBytes = bytes.length;
    }

    /** The request as a form with files, in place of the {@link #payload}; null when it is JSON. */
    public @Nullable Multipart form() {
        return form;
    }

    public void prepared(Multipart multipart) {
        form = multipart;
        payloadBytes = (int) Math.min(Integer.MAX_VALUE, multipart.bytes());
    }

    /** The content type of the stream as the client gets it. */
    public String streamType() {
        return streamType;
    }

    public void streamsAs(String contentType) {
        streamType = contentType;
    }

    /** Where the request goes when that is not where the provider's chats go; it may hold a query, and no secret. */
    public @Nullable String url() {
        return url;
    }

    public void addressed(String absolute) {
        url = absolute;
    }

    /** Headers for the provider beside the key's own. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The headers of the provider's answer that speak of its rate limit, names in lower case. */
    public Map<String, String> rateHeaders() {
        return rateHeaders;
    }

    public void limitedBy(Map<String, String> headers) {
        rateHeaders = headers;
    }

    public @Nullable Answer answer() {
        return answer;
    }

    public void answered(Answer received) {
        answer = received;
    }

    public @Nullable Reply reply() {
        return reply;
    }

    /** The attempt succeeded, or for a stream: has begun to. */
    public void replied(Reply received) {
        reply = received;
    }

    /** What watches over a running plain call; closed when it is over, whichever way. */
    public @Nullable AutoCloseable guard() {
        return guard;
    }

    public void guardedBy(@Nullable AutoCloseable watching) {
        guard = watching;
    }

    /** Whether what it used is the call's: it replied, or was called off for another that did. */
    boolean counts() {
        return reply != null || overtaken;
    }

    /**
     * Another was faster; what it cost until then is the call's all the same. Nothing happens to one that has failed by itself.
     *
     * @param sent what it used if the provider has not said it
     */
    public synchronized void overtaken(Usage sent) {
        if (failure != null && !(failure instanceof UpstreamFailure.ClientGone)) {
            return;
        }
        overtaken = true;
        if (usage == null) {
            usage = sent;
            assumed = sent;
        }
    }

    /** It has failed by itself after all. */
    public synchronized void notOvertaken() {
        overtaken = false;
        if (usage == assumed) {
            usage = null;
        }
    }

    /** Whether a provider was asked; else a limit of the broker's own, or a closed door, was all that it met. */
    public boolean wentOut() {
        return !(failure instanceof UpstreamFailure.NotTried);
    }

    public boolean isOvertaken() {
        return overtaken;
    }

    /** Tokens of an attempt's input, for when the provider does not say. */
    public interface Counter {
        /** As the model counts; may take some milliseconds. */
        long counted();

        /** From its size, at once. */
        long guessed();
    }

    public void countedBy(Counter tokens) {
        counter = tokens;
    }

    public Counter counter() {
        return counter;
    }

    /** Its provider says that it had no input, where there is no time to count: the context is guessed then. */
    public void contextNotCounted() {
        contextGuessed = true;
    }

    /** Tokens that the model really had to read: the provider's figure, else the count, else a guess. */
    public long effectiveContext() {
        Attempt out = wentOut;
        if (out != null) {
            return out.effectiveContext();
        }
        Usage said = usage;
        if (said != null && said.input() > 0) {
            return said.input(); // an estimate is the count
        }
        return contextGuessed ? counter.guessed() : counter.counted();
    }

    /** Whether that is not the provider's figure. */
    public boolean isContextEstimated() {
        Attempt out = wentOut;
        Usage said = usage;
        return out != null ? out.isContextEstimated() : said == null || said.estimated() || said.input() == 0;
    }

    /** Its messages are not the client's any more, but what was made of them to fit. */
    public void condensed(Condensation how) {
        condensation = how;
        counter = new Counter() {
            @Override
            public long counted() {
                return how.to();
            }

            @Override
            public long guessed() {
                return how.to();
            }
        };
    }

    /** Null when it went out as the client wrote it. */
    public @Nullable Condensation condensation() {
        return condensation;
    }

    public @Nullable UpstreamFailure failure() {
        return failure;
    }

    /** The first failure stays. */
    public synchronized void fail(UpstreamFailure why) {
        if (failure == null) {
            failure = why;
        }
    }

    public @Nullable Usage usage() {
        return usage;
    }

    public synchronized void reported(Usage reported) {
        usage = reported;
    }

    /** The provider has counted its answer, and not the request. The thread that estimates the rest. */
    public void outputTold(long tokens) {
        outputTold = tokens;
    }

    /**
     * What it used, as far as the provider did not say.
     *
     * @param input tokens of the request
     * @param outputChars of the answer, for one that the provider has not counted
     */
    public Usage estimate(long input, long outputChars) {
        Usage guess = Usage.estimate(input, outputChars);
        return outputTold < 0
                ? guess
                : new Usage.Builder()
                        .inFresh(input)
                        .outText(outputTold)
                        .estimated()
                        .build();
    }

    /** Which of its tiers the provider says it served it in; null: it did not say. */
    public void servedIn(@Nullable String tier) {
        serviceTier = tier;
    }

    /** What was used until now, at the model's prices. */
    public Cost cost() {
        Usage used = usage;
        if (used == null) {
            return Cost.NOTHING;
        }
        return Cost.of(
                used,
                prices().under(new Prices.Circumstances(
                        used.input(),
                        serviceTier,
                        body.path("quality").textValue(),
                        body.path("size").textValue(),
                        call.startedAt())));
    }

    /** What the model costs, as far as that is known. */
    public Prices prices() {
        Prices agreed = prices;
        return agreed == null ? priceList.apply(servedModel()) : agreed;
    }

    /** @param list says what a model costs that the provider may say it served */
    public void pricedBy(Function<String, Prices> list) {
        priceList = list;
    }

    /** It is known by now which model that is. Until then, and a stream may be read to its end by then, the list is asked. */
    public void priced() {
        prices = priceList.apply(servedModel());
    }

    /** The model that the provider says it served, else the one that was asked for. */
    public String servedModel() {
        return servedModel == null ? target.model() : servedModel;
    }

    public void servedAs(@Nullable String model) {
        servedModel = model;
    }

    public long startedNanos() {
        return startedNanos;
    }

    /** {@link System#nanoTime} of the first meaningful event or of a plain answer's arrival; 0 before. */
    public long firstEventNanos() {
        return firstEventNanos;
    }

    public void firstEvent() {
        if (firstEventNanos == 0) {
            firstEventNanos = System.nanoTime();
        }
    }

    public void ended() {
        if (endedNanos == 0) {
            endedNanos = System.nanoTime();
        }
    }

    /** {@link System#nanoTime} of its end; 0 before. */
    public long endedNanos() {
        return endedNanos;
    }

    /** Milliseconds from start to end, or to now. */
    public long millis() {
        return ((endedNanos == 0 ? System.nanoTime() : endedNanos) - startedNanos) / 1_000_000;
    }
}
