package io.serai.provider.google;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Instance;
import io.serai.call.JsonBytes;
import io.serai.config.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that were seen, and the cached contents that stand for those that came again
 * (https://ai.google.dev/gemini-api/docs/caching). One for the whole broker: it outlives generations, and may be used from any
 * thread. It only keeps the books: {@link CacheKeeper} talks to Google, beside all requests.
 *
 * <p>A prefix that is seen for the second time within its time to live is wanted; once Google has it, requests that begin
 * with it name it instead. A longer one is wanted only when it saves as much again as the least that is worth caching.
 */
public final class CachedContents {
    /** The largest of Google's minima, which have gone up and down with the models; the same page. Tokens. */
    static final int VENDOR_MINIMUM = 4096;
    /** Google's own time to live for a cached content that names none. */
    static final Duration USUAL = Duration.ofHours(1);
    /** After Google refused to cache a prefix. */
    private static final Duration REFUSED = Duration.ofMinutes(10);

    private static final int MOST = 4096;
    private static final int MOST_KEPT = 64;
    private static final int MOST_WANTED = 8;

    private final LinkedHashMap<String, Entry> table = new LinkedHashMap<>(64, 0.75f, true);
    private final ObjectMapper json;
    private final LongSupplier nanoTime;

    public CachedContents(ObjectMapper json, LongSupplier nanoTime) {
        this.json = json;
        this.nanoTime = nanoTime;
    }

    private enum State {
        SEEN,
        WANTED,
        MAKING,
        KEPT,
        REFUSED
    }

    private static final class Entry {
        private final Instance instance;
        private final Duration ttl;
        private State state = State.SEEN;
        private String lastCall = "";
        private int seen;
        private long lastSeen;
        /** When it expires or, for one that was refused, may be asked for again. */
        private long until;

        private boolean usedSinceRenewal;
        private boolean busy;
        private byte[] content = new byte[0];
        private String name = "";

        Entry(Instance instance, Duration ttl) {
            this.instance = instance;
            this.ttl = ttl;
        }
    }

    /** What is to be made at Google, {@code content} being the body less its time to live. */
    record Wanted(String key, Instance instance, Duration ttl, byte[] content) {}

    /** A cached content at Google. */
    record Kept(String key, Instance instance, Duration ttl, String name) {}

    /**
     * Notes the request's prefixes, and replaces the longest that is kept by its name.
     *
     * @param callId a call's second attempt is no second sighting
     * @return the name; null when the request stays whole
     */
    @Nullable
    String shorten(Instance instance, String callId, String model, ObjectNode request) {
        Provider.PromptCaching caching = instance.provider().caching();
        int minimum = Math.max(VENDOR_MINIMUM, caching.minTokens());
        Duration ttl = caching.ttl() == null ? USUAL : caching.ttl();
        List<Prefixes.Prefix> prefixes = Prefixes.of(json, model, request).stream()
                .filter(p -> p.tokens() >= minimum)
                .toList();
        synchronized (table) {
            long now = nanoTime.getAsLong();
            Prefixes.Prefix best = null;
            Prefixes.Prefix repeated = null;
            int had = 0;
            for (Prefixes.Prefix prefix : prefixes) {
                Entry entry = sighted(instance, ttl, prefix, callId, now);
                switch (entry.state) {
                    case KEPT -> {
                        if (entry.until - now > 0) {
                            best = prefix;
                            had = prefix.tokens();
                        }
                    }
                    case WANTED, MAKING -> had = Math.max(had, prefix.tokens());
                    case SEEN -> repeated = entry.seen >= 2 ? prefix : repeated;
                    case REFUSED -> {}
                }
            }
            if (repeated != null && (had == 0 || repeated.tokens() - had >= minimum) && room()) {
                Entry entry = entry(instance, repeated);
                entry.state = State.WANTED;
                entry.content = JsonBytes.of(json, Prefixes.content(json, model, request, repeated));
            }
            if (best == null) {
                return null;
            }
            Entry used = entry(instance, best);
            used.usedSinceRenewal = true;
            Prefixes.cut(request, best, used.name);
            return used.name;
        }
    }

    private static String key(Instance instance, String hash) {
        return instance.identity() + "/" + hash;
    }

    private Entry entry(Instance instance, Prefixes.Prefix prefix) {
        Entry entry = table.get(key(instance, prefix.hash()));
        if (entry == null) {
            throw new IllegalStateException("It was sighted a moment ago");
        }
        return entry;
    }

    private Entry sighted(Instance instance, Duration ttl, Prefixes.Prefix prefix, String callId, long now) {
        Entry entry = table.computeIfAbsent(key(instance, prefix.hash()), k -> new Entry(instance, ttl));
        if (entry.state == State.REFUSED && entry.until - now <= 0) {
            entry.state = State.SEEN;
        }
        boolean recent = entry.seen > 0 && now - entry.lastSeen <= entry.ttl.toNanos();
        if (!recent) {
            entry.seen = 1;
        } else if (!entry.lastCall.equals(callId)) {
            entry.seen++;
        }
        entry.lastCall = callId;
        entry.lastSeen = now;
        forgetOldest();
        return entry;
    }

    private void forgetOldest() {
        Iterator<Entry> oldest = table.values().iterator();
        while (table.size() > MOST && oldest.hasNext()) {
            State state = oldest.next().state;
            if (state == State.SEEN || state == State.REFUSED) {
                oldest.remove();
            }
        }
    }

    private boolean room() {
        int kept = 0;
        int wanted = 0;
        for (Entry entry : table.values()) {
            kept += entry.state == State.KEPT ? 1 : 0;
            wanted += entry.state == State.WANTED || entry.state == State.MAKING ? 1 : 0;
        }
        return wanted < MOST_WANTED && kept + wanted < MOST_KEPT;
    }

    /** Google does not know it any more: the prefix may be wanted anew. */
    void forget(Instance instance, String name) {
        synchronized (table) {
            table.entrySet()
                    .removeIf(e -> e.getKey().startsWith(instance.identity() + "/")
                            && e.getValue().name.equals(name));
        }
    }

    /** Hands out what is to be made; each once. */
    List<Wanted> wanted() {
        List<Wanted> found = new ArrayList<>();
        synchronized (table) {
            table.forEach((key, entry) -> {
                if (entry.state == State.WANTED) {
                    entry.state = State.MAKING;
                    found.add(new Wanted(key, entry.instance, entry.ttl, entry.content));
                    entry.content = new byte[0];
                }
            });
        }
        return found;
    }

    /** @param name null: Google refused */
    void made(String key, @Nullable String name) {
        synchronized (table) {
            Entry entry = table.get(key);
            if (entry == null) {
                return;
            }
            Duration left = name == null ? REFUSED : entry.ttl;
            entry.state = name == null ? State.REFUSED : State.KEPT;
            entry.name = name == null ? "" : name;
            entry.until = nanoTime.getAsLong() + left.toNanos();
            entry.lastSeen = nanoTime.getAsLong();
        }
    }

    /** Hands out those that are used and in the last quarter of their time. */
    List<Kept> toRenew() {
        long now = nanoTime.getAsLong();
        return claimed(e -> e.usedSinceRenewal && e.until - now < e.ttl.toNanos() / 4 && e.until - now > 0);
    }

    void renewed(String key) {
        synchronized (table) {
            Entry entry = table.get(key);
            if (entry != null) {
                entry.busy = false;
                entry.usedSinceRenewal = false;
                entry.until = nanoTime.getAsLong() + entry.ttl.toNanos();
            }
        }
    }

    /** Hands out, and forgets, those that nobody used for half of their time: from then on they only cost. */
    List<Kept> toDelete() {
        long now = nanoTime.getAsLong();
        List<Kept> idle = claimed(e -> now - e.lastSeen > e.ttl.toNanos() / 2);
        synchronized (table) {
            idle.forEach(kept -> table.remove(kept.key()));
            // Google has let go of these by itself
            table.values().removeIf(e -> e.state == State.KEPT && e.until - now <= 0);
        }
        return idle;
    }

    /** Hands out, and forgets, all of them. */
    List<Kept> all() {
        List<Kept> all = claimed(e -> true);
        synchronized (table) {
            table.clear();
        }
        return all;
    }

    private List<Kept> claimed(Predicate<Entry> which) {
        List<Kept> found = new ArrayList<>();
        synchronized (table) {
            for (Map.Entry<String, Entry> e : table.entrySet()) {
                Entry entry = e.getValue();
                if (entry.state == State.KEPT && !entry.busy && which.test(entry)) {
                    entry.busy = true;
                    found.add(new Kept(e.getKey(), entry.instance, entry.ttl, entry.name));
                }
            }
        }
        return found;
    }
}
