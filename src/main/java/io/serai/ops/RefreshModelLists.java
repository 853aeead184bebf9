package io.serai.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.util.HashedWheelTimer;
import io.serai.cache.Parcel;
import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.models.ModelListFile;
import io.serai.models.ModelLists;
import io.serai.models.list.Listing;
import io.serai.models.list.NoListException;
import io.serai.routing.Disabled;
import io.serai.routing.Health;
import io.serai.routing.Instances;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Message;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code ops-model-lists}: which providers are due, and what they answer. */
public final class RefreshModelLists implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RefreshModelLists.class);
    private static final String FETCH = "modelListFetch";
    private static final String ROUTE = "models-of-";
    /** For a whole list; nobody waits for it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** OpenRouter's list, the longest known, takes one. */
    private static final int MOST_BYTES = 16 << 20;
    /** Between two looks at what is due. */
    private static final Duration LONGEST_TICK = Duration.ofSeconds(15);

    private static final Duration SHORTEST_TICK = Duration.ofMillis(50);

    private final ModelLists lists;
    private final ModelListFile file;
    private final DueLists due;
    private final SharedModelLists shared;
    private final Duration every;
    private final ObjectMapper json;
    private final HashedWheelTimer timers;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("models-", 0).factory());
    private final Set<ModelListFetch> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param every zero: no list is fetched
     */
    public RefreshModelLists(
            ModelLists lists,
            ModelListFile file,
            Instances instances,
            Health health,
            Disabled disabled,
            Duration every,
            Settings.Cache cache,
            ObjectMapper json,
            HashedWheelTimer timers) {
        this.shared = new SharedModelLists(lists, json, cache.keyPrefix(), cache.modelListsTtl());
        this.lists = lists;
        this.file = file;
        this.due = new DueLists(lists, instances, health, disabled, every);
        this.every = every;
        this.json = json;
        this.timers = timers;
    }

    /** Whether the provider's kind has a list to ask for. */
    public static boolean asks(Provider provider) {
        return Listing.of(provider).isPresent();
    }

    /** The route that asks with the instance's key. */
    public static String routeId(Instance instance) {
        return ROUTE + instance.id();
    }

    /**
     * How often the route looks what is due.
     *
     * @param every as in the settings
     */
    public static Duration tick(Duration every) {
        Duration tick =
                every.isZero() || every.dividedBy(4).compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : every.dividedBy(4);
        return tick.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : tick;
    }

    /** What the routes refer to beside the steps. */
    public Map<String, Object> names() {
        return Map.of(
                "modelListThreads",
                threads,
                "morePages",
                (Predicate) e -> fetch(e).listing().next() != null,
                "listIsMissing",
                (Predicate) e -> !fetch(e).recalled(),
                "theModelList",
                theModelList());
    }

    private static Expression theModelList() {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return "direct:" + routeId(fetch(exchange).key());
            }
        };
    }

    private static ModelListFetch fetch(Exchange exchange) {
        ModelListFetch fetch = exchange.getProperty(FETCH, ModelListFetch.class);
        if (fetch == null) {
            fetch = exchange.getMessage().getBody(ModelListFetch.class);
            exchange.setProperty(FETCH, fetch);
        }
        return fetch;
    }

    /** Leaves the fetches that are due as the body, mostly none. */
    public void due(Exchange exchange) throws InterruptedException {
        List<ModelListFetch> fetches = List.of();
        if (!closed && !every.isZero()) {
            file.awaitRead();
            fetches = due.now(exchange.getContext());
        }
        exchange.getMessage().setBody(fetches);
    }

    /** Leaves the name of the list in the cache as the body. */
    public void name(Exchange exchange) {
        exchange.getMessage().setBody(shared.key(fetch(exchange).identity()));
    }

    /** Takes what the cache had, a {@link Parcel} or nothing; the list need not be fetched when that is news. */
    public void recall(Exchange exchange) {
        ModelListFetch fetch = fetch(exchange);
        if (exchange.getMessage().getBody() instanceof Parcel found && shared.recall(fetch.identity(), found, every)) {
            fetch.recall();
        }
    }

    /** Leaves the fetched list as the body, as the cache is to keep it. */
    public void share(Exchange exchange) throws IOException {
        ModelListFetch fetch = fetch(exchange);
        exchange.getMessage()
                .setBody(shared.content(fetch.identity(), fetch.key().provider().id()));
    }

    /** Makes the message the next request of the list. */
    public void ask(Exchange exchange) throws NoListException {
        ModelListFetch fetch = fetch(exchange);
        Listing.Request request = fetch.listing().next();
        if (request == null) {
            throw new NoListException("broken_answer");
        }
        if (!fetch.begun()) {
            running.add(fetch);
            fetch.begin(timers.newTimeout(t -> fetch.interrupt(true), LIMIT.toMillis(), TimeUnit.MILLISECONDS));
            if (closed) {
                fetch.interrupt(false);
            }
        }
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        request.headers().forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_URI, request.url());
        message.setBody(request.body());
    }

    /** Reads the answer; the list is known when it was the last. */
    public void read(Exchange exchange) throws IOException, NoListException {
        ModelListFetch fetch = fetch(exchange);
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        byte[] body = bytes(message);
        if (status != 200) {
            if (!fetch.listing().goesOnWithout()) {
                throw new NoListException(ListFailure.of(status));
            }
        } else {
            fetch.listing().read(json.readTree(body));
        }
        if (fetch.listing().next() == null) {
            end(fetch);
            lists.succeeded(fetch.identity(), fetch.listing().models());
            due.answered(fetch.key());
        }
    }

    private static byte[] bytes(Message message) throws IOException {
        try (InputStream in = message.getBody(InputStream.class)) {
            byte[] body = in == null ? new byte[0] : in.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                throw new IOException("longer than any list");
            }
            return body;
        }
    }

    /** Notes why there is no list; the operator hears of the first time only. */
    public void failed(Exchange exchange) {
        ModelListFetch fetch = fetch(exchange);
        end(fetch);
        if (closed) {
            lists.abandoned(fetch.identity());
            return;
        }
        String reason = ListFailure.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class), fetch);
        if (due.refused(fetch.key()) && fetch.hasOtherKeys()) {
            lists.again(fetch.identity());
        } else if (lists.failed(fetch.identity(), every, reason) == 1) {
            LOG.warn(
                    "The models of {} could not be listed: {}. What is known of them stays; it is tried again later",
                    fetch.key().provider().id(),
                    reason);
        }
    }

    private void end(ModelListFetch fetch) {
        fetch.end();
        running.remove(fetch);
    }

    /** Writes down what is new. */
    public void keep(Exchange exchange) {
        file.save();
    }

    /** Ends what is running, and begins nothing more. */
    @Override
    public void close() {
        closed = true;
        running.forEach(fetch -> fetch.interrupt(false)); // the executor keeps no thread that would have to end
    }
}
