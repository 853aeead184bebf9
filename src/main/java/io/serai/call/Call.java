package io.serai.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.serai.config.Permits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client. The ledger row, the response headers, the logs and the metrics are all derived from it.
 */
public final class Call {
    public static final String PROPERTY = "call";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final long number = CallNumber.next();
    private final String id;
    private final String door;
    private final @Nullable ClientResponse client;
    private final String catalogue;
    private final Purpose purpose;
    private final boolean part;
    private final Instant startedAt = Instant.now();
    private final long startedNanos = System.nanoTime();
    private final Cancellation cancellation;
    private final Trail trail;

    private final List<String> adapted = new ArrayList<>();
    private final AtomicReference<@Nullable CallRecord> record = new AtomicReference<>();
    private final Queue<Runnable> ending = new ConcurrentLinkedQueue<>();
    private Caller caller;
    private Dialect dialect = Dialect.CHAT;
    private Operation operation = Operation.CHAT;
    private @Nullable ObjectNode body;
    private @Nullable Upload upload;
    private int bodyBytes;
    private String asked = "";
    private String model = "";
    private boolean streaming;
    private boolean usageWanted;
    private boolean costWanted;
    private @Nullable Object path;
    private @Nullable Object divided;
    private volatile @Nullable Object weighed;
    private boolean routed;
    private volatile boolean overtaken;
    private Sensitivity sensitivity = Sensitivity.UNKNOWN;
    private Permits vouched = Permits.NONE;
    private volatile Usage elsewhere = Usage.NONE;
    private volatile int parts;
    private @Nullable Attempt served;
    private Reply.@Nullable Report report;
    private CacheWishes cacheWishes = CacheWishes.NONE;
    private @Nullable Object answering;
    private @Nullable RecordingRoom recordingRoom;
    private volatile @Nullable JsonNode streamed;
    private volatile @Nullable CacheResult cacheResult;
    private volatile Saved saved = Saved.NOTHING;
    private volatile long overNanos;
    private volatile int status;
    private volatile @Nullable ApiError error;
    private volatile @Nullable Outcome outcome;

    /**
     * @param id the request id, taken from the client or made
     * @param door the path it came in by
     * @param client null when nobody listens over HTTP
     * @param catalogue the version of the catalogue that it is priced by
     */
    public Call(String id, String door, Caller caller, @Nullable ClientResponse client, String catalogue) {
        this.id = id;
        this.door = door;
        this.caller = caller;
        this.client = client;
        this.catalogue = catalogue;
        this.purpose = Purpose.REPLY;
        this.part = false;
        this.cancellation = new Cancellation();
        this.trail = new Trail();
    }

    private Call(Call whole, ObjectNode body, Purpose purpose, boolean asAsked) {
        this.id = whole.id;
        this.door = whole.door;
        this.caller = whole.caller;
        this.client = asAsked ? whole.client : null; // a stream belongs on the event loop of its client
        this.catalogue = whole.catalogue;
        this.purpose = purpose;
        this.part = true;
        this.cancellation = whole.cancellation.child();
        this.trail = whole.trail;
        this.sensitivity = whole.sensitivity;
        this.vouched = whole.vouched;
        this.dialect = asAsked ? whole.dialect : Dialect.CHAT;
        admitted(
                whole.operation,
                body,
                whole.bodyBytes,
                whole.asked,
                asAsked && whole.streaming,
                asAsked && whole.usageWanted);
        this.model = whole.model;
        this.path = whole.path;
        this.upload = whole.upload;
        this.costWanted = asAsked && whole.costWanted;
        this.recordingRoom = asAsked ? whole.recordingRoom : null;
        whole.whenComplete(this::complete);
    }

    /**
     * A part of an admitted call that is sent out by itself: it has a body and a reply of its own, and shares the attempts
     * and the client's leaving. Its reply comes whole. Parts may be on their way side by side; one ends with the call, or
     * before it by {@link #complete}.
     */
    public Call part(ObjectNode ofPart, Purpose why) {
        return new Call(this, ofPart, why, false);
    }

    /**
     * A part whose reply may become the call's own: it streams if the client does, and speaks as the client does.
     *
     * @param ofBranch what is asked of the model there, of the same operation
     */
    public Call branch(ObjectNode ofBranch) {
        return new Call(this, ofBranch, purpose, true);
    }

    private Call(Call first, ObjectNode body) {
        this.id = first.id;
        this.door = first.door;
        this.caller = first.caller;
        this.client = null;
        this.catalogue = first.catalogue;
        this.purpose = first.purpose;
        this.part = true;
        this.cancellation = new Cancellation();
        this.trail = new Trail();
        this.sensitivity = first.sensitivity;
        admitted(first.operation, body, first.bodyBytes, first.asked, first.streaming, first.usageWanted);
        this.model = first.model;
        this.path = first.path;
        this.recordingRoom = first.recordingRoom;
    }

    /**
     * The call that goes out for this one and for others that ask the same. It outlives each of them: nobody's leaving cancels
     * it, and whoever makes it completes it.
     *
     * @param ofAll what is asked of the model, of the same operation
     */
    public Call carrier(ObjectNode ofAll) {
        return new Call(this, ofAll);
    }

    /** The call that the exchange carries. */
    public static Call of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Call.class);
    }

    public String id() {
        return id;
    }

    public String getId() {
        return id;
    }

    /** What no other call has, of this broker or another; made when it is asked for. */
    String uid() {
        return CallNumber.text(startedAt.toEpochMilli(), number);
    }

    /** What its attempts are made for. */
    public Purpose purpose() {
        return purpose;
    }

    /** Whether it is a part or a branch of another call. */
    public boolean isPart() {
        return part;
    }

    /** The version of the catalogue that it is priced by. */
    String catalogue() {
        return catalogue;
    }

    public String door() {
        return door;
    }

    public Caller caller() {
        return caller;
    }

    public Caller getCaller() {
        return caller;
    }

    public void identified(Caller known) {
        caller = known;
    }

    public @Nullable ClientResponse client() {
        return client;
    }

    /** What the client speaks. */
    public Dialect dialect() {
        return dialect;
    }

    public void speaks(Dialect clients) {
        dialect = clients;
    }

    /** What the door itself left out of the client's request, by field name; attempts have lists of their own. */
    public List<String> adapted() {
        return adapted;
    }

    public Cancellation cancellation() {
        return cancellation;
    }

    /** Another branch was faster: whatever this one does upstream is called off. */
    public void overtake() {
        overtaken = true;
        cancellation.cancel(new UpstreamFailure.ClientGone());
    }

    /** Whether it was called off for another, and not because its client left. */
    public boolean isOvertaken() {
        return overtaken;
    }

    /**
     * The request in OpenAI's shape, every field that the client sent. Of a form the fields' texts; its files are in {@link
     * #upload}.
     *
     * @throws IllegalStateException before admission
     */
    public ObjectNode body() {
        if (body == null) {
            throw new IllegalStateException("The body is read by admit");
        }
        return body;
    }

    public ObjectNode getBody() {
        return body();
    }

    /** What admission found. */
    public void admitted(
            Operation wanted, ObjectNode parsed, int bytes, String modelPath, boolean stream, boolean includeUsage) {
        operation = wanted;
        body = parsed;
        bodyBytes = bytes;
        asked = modelPath;
        model = modelPath;
        streaming = stream;
        usageWanted = includeUsage;
        weighed = null;
    }

    /** The form that the body was read from, with its files; null when the request is JSON. */
    public @Nullable Upload upload() {
        return upload;
    }

    public void uploaded(Upload form) {
        upload = form;
    }

    /** What is asked of the model; a chat until admission says otherwise. */
    public Operation operation() {
        return operation;
    }

    public int bodyBytes() {
        return bodyBytes;
    }

    /** The model path as the client wrote it; empty before admission. */
    public String asked() {
        return asked;
    }

    /** The model path that the call is sent to: the client's, unless a route has changed it. */
    public String model() {
        return model;
    }

    public String getModel() {
        return model;
    }

    /** Sends the call elsewhere; for routes that run before dispatch. */
    public void setModel(String modelPath) {
        model = modelPath;
    }

    public boolean streaming() {
        return streaming;
    }

    public boolean isStreaming() {
        return streaming;
    }

    /** Whether the client asked for usage in its stream. */
    public boolean usageWanted() {
        return usageWanted;
    }

    /** The routing's own view of {@link #model}; set by the step that resolves it. */
    public @Nullable Object getPath() {
        return path;
    }

    public void resolved(Object resolved) {
        path = resolved;
    }

    /** The routing's own: what the body asks of a model, found out once; null before. */
    public @Nullable Object weighed() {
        return weighed;
    }

    public void weighs(Object found) {
        weighed = found;
    }

    /** The routing's own: what the call was divided into, to go several ways at once. */
    public @Nullable Object divided() {
        return divided;
    }

    public void divideInto(Object branches) {
        divided = branches;
    }

    /** Whether candidates were found for it, so that a failure is not the client's. */
    boolean wasRouted() {
        return routed;
    }

    public void routed() {
        routed = true;
    }

    /**
     * What calls to models used that helped to make the reply and are no part of it: the parts of a request that was split,
     * say. The client is told the sum.
     */
    public Usage usedElsewhere() {
        return elsewhere;
    }

    /** Set before the reply is begun. */
    public void usedElsewhere(Usage sum) {
        elsewhere = sum;
    }

    /** Into how many parts the request was split, 0 when it went out whole. */
    public int parts() {
        return parts;
    }

    public void splitInto(int number) {
        parts = number;
    }

    /** What the client says of the response cache. */
    public CacheWishes cacheWishes() {
        return cacheWishes;
    }

    public void wishes(CacheWishes ofClient) {
        cacheWishes = ofClient;
    }

    /** The response cache's own: what it knows of the answer to this call; null when it has nothing to do with it. */
    public @Nullable Object answering() {
        return answering;
    }

    public void answersBy(Object ofCache) {
        answering = ofCache;
    }

    /** What a stream brings is kept beside in it, until it is complete; null: it is not. */
    public @Nullable RecordingRoom recordingRoom() {
        return recordingRoom;
    }

    public void recordIn(RecordingRoom room) {
        recordingRoom = room;
    }

    /** Null when the response cache has nothing to do with it. */
    public @Nullable CacheResult cacheResult() {
        return cacheResult;
    }

    /** What a hit saved, nothing for any other. */
    public Saved saved() {
        return saved;
    }

    public void cached(CacheResult how, Saved what) {
        cacheResult = how;
        saved = what;
    }

    /** In the order they were made; only ever added to. */
    public List<Attempt> attempts() {
        return trail.attempts();
    }

    public List<Attempt> getAttempts() {
        return trail.attempts();
    }

    /** What it and all its parts have in common. */
    public Trail trail() {
        return trail;
    }

    /** What it turned out to be; parts are what their whole is. */
    public Sensitivity sensitivity() {
        return sensitivity;
    }

    /** Somebody has looked; from here on only models with the flags are sent it, and the record says why. */
    public void turnsOut(Sensitivity read) {
        sensitivity = read;
        trail.turnsOut(read);
    }

    /** It is kept to models that may see all of these, whatever it turns out to be. */
    public void keepTo(Sensitivity assumed) {
        sensitivity = assumed;
    }

    /** What the operator says of whatever the model path leads to, for those that say nothing of themselves. */
    public Permits vouched() {
        return vouched;
    }

    public void vouch(Permits ofPath) {
        vouched = ofPath;
    }

    /** Whether the client wants to hear the cost in the answer's usage. */
    public boolean costWanted() {
        return costWanted;
    }

    public void wantsCost() {
        costWanted = true;
    }

    /** What every model that worked on it has cost until now. */
    public Cost cost() {
        return cost(served);
    }

    /** @param replying counts also while its reply has just begun */
    public Cost cost(@Nullable Attempt replying) {
        Cost sum = Cost.NOTHING;
        for (Attempt attempt : trail.attempts()) {
            if (attempt == replying || attempt.counts()) {
                sum = sum == Cost.NOTHING ? attempt.cost() : sum.plus(attempt.cost());
            }
        }
        return sum;
    }

    /** The attempt whose reply the client gets, null when there is none. */
    public @Nullable Attempt served() {
        return served;
    }

    public void servedBy(Attempt attempt) {
        served = attempt;
    }

    /** The reply that the client gets, null before there is one. */
    public @Nullable Reply reply() {
        return served == null ? report : served.reply();
    }

    /** What a stream has said to the client, message by message; set by who joins it, before the call is complete. */
    public void streamed(JsonNode messages) {
        streamed = messages;
    }

    /** What was asked and answered; null before admission. */
    public @Nullable Said said() {
        if (body == null) {
            return null;
        }
        JsonNode words = streamed;
        if (words == null && reply() instanceof Reply.Report(ObjectNode told, ApiError why)) {
            words = told;
        }
        return new Said(body, words == null ? getReplyBody() : words);
    }

    /** Nothing replied, and the client is told so in words. */
    public void repliesWith(Reply.Report words) {
        report = words;
    }

    /** The body of a plain reply; for routes that run after the reply. Null for a stream. */
    public @Nullable ObjectNode getReplyBody() {
        return switch (reply()) {
            case Reply.Complete complete -> complete.body();
            case Reply.Report words when !streaming -> words.body();
            case null, default -> null;
        };
    }

    /**
     * Sets a field of the request; for routes that run before dispatch.
     *
     * @param value JSON; what is none is taken for a string
     */
    public void setField(String name, String value) {
        body().set(name, tree(value));
        weighed = null;
    }

    /** Sets a field of a plain reply; for routes that run after the reply. Nothing happens to a stream. */
    public void setReplyField(String name, String value) {
        ObjectNode replied = getReplyBody();
        if (replied != null) {
            replied.set(name, tree(value));
        }
    }

    private static JsonNode tree(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(value);
        }
    }

    public Instant startedAt() {
        return startedAt;
    }

    public long startedNanos() {
        return startedNanos;
    }

    /** What the client was told. Zero while nothing was sent. */
    public int status() {
        return status;
    }

    public void answered(int httpStatus, @Nullable ApiError why) {
        status = httpStatus;
        error = why;
    }

    public void endedAs(Outcome how) {
        if (outcome == null) {
            outcome = how;
        }
    }

    /** The client has all that it gets: what follows takes none of its time. */
    public void over() {
        if (overNanos == 0) {
            overNanos = System.nanoTime();
        }
    }

    /** {@link System#nanoTime} of the end of the answer; 0 before. */
    long overNanos() {
        return overNanos;
    }

    /** Runs when the call is complete, at once when it is. */
    public void whenComplete(Runnable action) {
        ending.add(action);
        if (record.get() != null) {
            runEnding();
        }
    }

    private void runEnding() {
        for (Runnable action = ending.poll(); action != null; action = ending.poll()) {
            action.run();
        }
    }

    /** The record as it would be if the call ended now; for who has to have it before the client has the end of its answer. */
    public CallRecord soFar() {
        return CallRecord.of(this, error, outcome);
    }

    /** Ends the call. The first caller gets the record, every later one null. */
    public @Nullable CallRecord complete() {
        cancellation.close();
        CallRecord made = CallRecord.of(this, error, outcome);
        boolean first = record.compareAndSet(null, made);
        runEnding();
        return first ? made : null;
    }
}
