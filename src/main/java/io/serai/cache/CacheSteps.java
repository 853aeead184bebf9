package io.serai.cache;

import io.serai.config.Settings;
import io.serai.routing.RouteLanguage;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/** The steps of {@code cache-get} and {@code cache-put}, and of what the operator and the timer do to every backend. */
public final class CacheSteps {
    /** On an exchange that has looked for the same before: that it is not there is no news. */
    static final String AGAIN = "cacheAgain";

    private static final String ASKED = "cacheAsked";
    private static final String BACKEND = "cacheBackend";
    private static final String STORING = "cacheStoring";

    private final Backends backends;
    private final Clearings clearings;
    private final Stores stores;
    private final Settings settings;
    private final boolean any;
    private final List<String> forAnswers;
    private final List<String> forOthers;

    /** @param any whether any answer is kept */
    CacheSteps(Stores stores, Settings settings, boolean any) {
        this.any = any;
        this.stores = stores;
        this.clearings = stores.clearings();
        this.backends = stores.backends();
        this.settings = settings;
        this.forAnswers = Backends.line(settings.responseCache().backend());
        this.forOthers = Backends.line(settings.cache().type());
    }

    /** By the names that the routes use. */
    public Map<String, Object> names() {
        return Map.of(
                "hasCacheBackend",
                (Predicate) e -> e.getProperty(BACKEND) != null,
                "theCacheGet",
                RouteLanguage.endpoint(e -> route(e, "get")),
                "theCachePut",
                RouteLanguage.endpoint(e -> route(e, "put")),
                "theCacheClear",
                RouteLanguage.endpoint(e -> route(e, "clear")),
                "theCacheSize",
                RouteLanguage.endpoint(e -> route(e, "size")),
                "theCachePurge",
                RouteLanguage.endpoint(e -> route(e, "purge")),
                "cacheBackends",
                everyBackend());
    }

    private static String route(Exchange exchange, String what) {
        return "cache-" + exchange.getProperty(BACKEND, String.class) + "-" + what;
    }

    /** The body is a {@link CacheKey} or a {@link CacheContent}; from here on the exchange knows who keeps its like. */
    public void choose(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        exchange.setProperty(ASKED, body);
        CacheKey key = body instanceof CacheContent content ? content.key() : (CacheKey) body;
        String chosen = backends.choose(key.kind().equals(CacheKey.RESPONSE) ? forAnswers : forOthers);
        exchange.setProperty(BACKEND, chosen);
        if (chosen == null) {
            exchange.getMessage().setBody(null);
        }
    }

    /** The backend's bytes become a {@link Parcel}; null for a miss. */
    public void open(Exchange exchange) {
        String backend = backend(exchange);
        Parcel parcel = exchange.getMessage().getBody() instanceof byte[] bytes
                ? Parcel.open(backend, bytes, System.currentTimeMillis())
                : null;
        exchange.getMessage().setBody(parcel);
        backends.works(backend);
        BackendCounts counts = backends.counts(backend);
        if (parcel != null) {
            if (!isAnswer(exchange)) {
                counts.hits.increment(); // whether it is an answer shows when that is read
            }
        } else if (exchange.getProperty(AGAIN) == null) {
            counts.misses.increment();
        }
    }

    private static boolean isAnswer(Exchange exchange) {
        return exchange.getProperty(ASKED) instanceof CacheKey key && key.kind().equals(CacheKey.RESPONSE);
    }

    /** The {@link CacheContent} in the body is kept nowhere when it began before a clear; the next clear waits for it. */
    public void beginStoring(Exchange exchange) {
        exchange.setProperty(STORING, clearings.enter());
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                endStoring(done); // should an operator's route have stopped before its end
            }
        });
        if (exchange.getMessage().getBody() instanceof CacheContent content
                && clearings.cover(content.since(), scope -> scope.covers(content))) {
            exchange.removeProperty(BACKEND);
            exchange.getMessage().setBody(null);
        }
    }

    /** However it went, no clear waits for it any longer. */
    public void endStoring(Exchange exchange) {
        if (exchange.removeProperty(STORING) instanceof Long stamp) {
            clearings.leave(stamp);
        }
    }

    /** The {@link CacheContent} in the body becomes what a backend takes. */
    public void wrap(Exchange exchange) {
        CacheContent content = exchange.getMessage().getBody(CacheContent.class);
        long now = System.currentTimeMillis();
        long expiresAt = now + content.ttl().toMillis();
        exchange.getMessage()
                .setBody(new CacheEntry(
                        content.key(),
                        content.path(),
                        content.provider(),
                        content.model(),
                        now,
                        expiresAt,
                        Parcel.wrap(content.content(), now, expiresAt)));
    }

    /** The backend has taken it. */
    public void kept(Exchange exchange) {
        backends.works(backend(exchange));
        backends.counts(backend(exchange)).sets.increment();
        exchange.getMessage().setBody(null);
    }

    /** The backend has failed: a miss, or something that is not kept there. */
    public void failed(Exchange exchange) {
        Exception why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        String backend = backend(exchange);
        backends.failed(backend, why, settings.cache().retry());
        if (exchange.getProperty(ASKED) instanceof CacheKey && exchange.getProperty(AGAIN) == null) {
            backends.counts(backend).misses.increment();
        }
        exchange.getMessage().setBody(null);
    }

    /** The body names the backend that is next, for a splitter over {@code cacheBackends}. */
    public void enter(Exchange exchange) {
        exchange.setProperty(BACKEND, exchange.getMessage().getBody(String.class));
    }

    /** How much each may hold. */
    public void bounds(Exchange exchange) {
        Settings.ResponseCache most = settings.responseCache();
        exchange.getMessage()
                .setBody(new CacheBounds(
                        settings.cache().keyPrefix(), System.currentTimeMillis(), most.maxEntries(), most.maxBytes()));
    }

    /** What had to go for want of room. */
    public void evicted(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Number gone) {
            backends.counts(backend(exchange)).evictions.add(gone.longValue());
        }
    }

    /** The configured ones, and of those that stand in for them whoever may hold something. */
    private Expression everyBackend() {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return all();
            }
        };
    }

    private Collection<String> all() {
        Set<String> all =
                new LinkedHashSet<>(any ? List.of(settings.responseCache().backend()) : List.of());
        for (List<String> line : List.of(forAnswers, forOthers)) {
            for (String name : line) {
                if (backends.used().containsKey(name) || stores.isOnDisk(name, settings)) {
                    all.add(name);
                }
            }
        }
        return all;
    }

    /** The backend that the exchange has to do with at the moment. */
    public static @Nullable String chosen(Exchange exchange) {
        return exchange.getProperty(BACKEND, String.class);
    }

    private static String backend(Exchange exchange) {
        String chosen = chosen(exchange);
        if (chosen == null) {
            throw new IllegalStateException("The route chooses a backend first");
        }
        return chosen;
    }
}
