package io.serai.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What providers themselves have said of their models, by provider identity: their lists, and the limits that they named when
 * they refused a request. Outlives generations, and restarts by its {@link ModelListFile file}. For any thread.
 */
public final class ModelLists {
    /** After this a named limit is forgotten: the provider may have raised it. */
    private static final Duration LESSON = Duration.ofDays(7);
    /** Limits kept of one provider. */
    private static final int MOST_LESSONS = 1_000;

    /** A fetch that has not been heard of for so long went down with its generation. */
    private static final Duration LOST = Duration.ofMinutes(5);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final double JITTER = 0.1;

    private final Clock clock;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();

    public ModelLists(Clock clock) {
        this.clock = clock;
    }

    /** A limit that a provider named, and when. */
    record Lesson(int tokens, Instant at) {}

    /** What is kept of one provider. */
    record Kept(@Nullable Instant fetchedAt, Map<String, ModelFacts> models, Map<String, Lesson> lessons) {}

    /**
     * How a provider's list stands.
     *
     * @param fetchedAt null: never
     * @param error the class of the last fetch's failure, null when it went well
     */
    public record State(
            @Nullable Instant fetchedAt,
            int models,
            @Nullable String error) {}

    private static final class Entry {
        private final double jitter = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        private final Map<String, Lesson> lessons = new ConcurrentHashMap<>();
        /** The most tokens that a request had which was answered, by model. */
        private final Map<String, Integer> proven = new ConcurrentHashMap<>();

        private volatile Map<String, ModelFacts> models = Map.of();
        private volatile @Nullable Instant fetchedAt;
        private @Nullable Instant retryAt;
        private @Nullable String error;
        private int failures;
        private @Nullable Instant runningSince;

        synchronized boolean begin(Instant now, Duration every) {
            Instant due = retryAt;
            if (due == null && fetchedAt != null) {
                due = fetchedAt.plusMillis((long) (every.toMillis() * jitter));
            }
            boolean running = runningSince != null && now.isBefore(runningSince.plus(LOST));
            if (running || due != null && now.isBefore(due)) {
                return false;
            }
            runningSince = now;
            return true;
        }

        synchronized void succeeded(Instant now, Map<String, ModelFacts> found) {
            runningSince = null;
            models = found;
            fetchedAt = now;
            retryAt = null;
            error = null;
            failures = 0;
        }

        synchronized boolean share(Kept found, Instant now, Duration every) {
            Instant at = found.fetchedAt();
            if (at == null || !at.plus(every).isAfter(now) || fetchedAt != null && !at.isAfter(fetchedAt)) {
                return false;
            }
            succeeded(at, found.models());
            return true;
        }

        synchronized int failed(Instant now, Duration every, String why) {
            runningSince = null;
            error = why;
            long base = Math.min(FIRST_RETRY.toMillis(), every.toMillis());
            long wait = Math.min(every.toMillis(), base << Math.min(failures, 20));
            retryAt = now.plusMillis((long) (wait * jitter));
            return ++failures;
        }

        synchronized void leave(@Nullable Instant retry) {
            runningSince = null;
            retryAt = retry == null ? retryAt : retry;
        }

        synchronized boolean learn(String model, Lesson lesson) {
            boolean room = lessons.size() < MOST_LESSONS || lessons.containsKey(model);
            boolean possible = lesson.tokens() >= proven.getOrDefault(model, 0);
            if (room && possible) {
                lessons.put(model, lesson);
            }
            return room && possible;
        }

        synchronized void recall(String model, Lesson lesson) {
            if (!lessons.containsKey(model)) {
                learn(model, lesson);
            }
        }

        /** Whether a lesson was wrong. Mostly there is nothing new in it, and no lock is taken. */
        boolean proved(String model, int tokens) {
            Integer most = proven.get(model);
            if (most == null ? proven.size() >= MOST_LESSONS : most >= tokens) {
                return false;
            }
            synchronized (this) {
                proven.merge(model, tokens, Math::max);
                Lesson lesson = lessons.get(model);
                return lesson != null && lesson.tokens() < tokens && lessons.remove(model, lesson);
            }
        }

        synchronized State state() {
            return new State(fetchedAt, models.size(), error);
        }
    }

    private Entry entry(String identity) {
        return entries.computeIfAbsent(identity, id -> new Entry());
    }

    /** Changes whenever something else is known. */
    public long version() {
        return version.get();
    }

    /** True when the list is due; whoever was told so fetches it and says how that went. */
    public boolean begin(String identity, Duration every) {
        return entry(identity).begin(clock.instant(), every);
    }

    public void succeeded(String identity, Map<String, ModelFacts> models) {
        entry(identity).succeeded(clock.instant(), models);
        version.incrementAndGet();
    }

    /**
     * Takes over what another broker, or an earlier start, has fetched: as good as a fetch of its own.
     *
     * @param told see {@link #told}
     * @return false where it is no newer than what is known, or due again itself; then nothing has changed
     */
    public boolean tell(String identity, JsonNode told, Duration every) {
        boolean news = entry(identity).share(KeptJson.read(told), clock.instant(), every);
        if (news) {
            version.incrementAndGet();
        }
        return news;
    }

    /** What was fetched last, and when, for others to {@link #tell}. */
    public JsonNode told(String identity) {
        Entry entry = entry(identity);
        synchronized (entry) {
            return KeptJson.write(new Kept(entry.fetchedAt, entry.models, Map.of()));
        }
    }

    /**
     * What is known stays; the next try comes later each time.
     *
     * @return how many tries in a row have failed
     */
    public int failed(String identity, Duration every, String reason) {
        return entry(identity).failed(clock.instant(), every, reason);
    }

    /** The fetch was given up, for no fault of the provider's. */
    public void abandoned(String identity) {
        entry(identity).leave(null);
    }

    /** The fetch is to be made again at once, with another key. */
    public void again(String identity) {
        entry(identity).leave(clock.instant());
    }

    public State state(String identity) {
        Entry entry = entries.get(identity);
        return entry == null ? new State(null, 0, null) : entry.state();
    }

    /** The fetched models, by id. */
    Map<String, ModelFacts> models(String identity) {
        Entry entry = entries.get(identity);
        return entry == null ? Map.of() : entry.models;
    }

    /** The limit that the provider named for the model, in tokens. */
    @Nullable
    Integer learned(String identity, String model) {
        Entry entry = entries.get(identity);
        Lesson lesson = entry == null ? null : entry.lessons.get(model);
        return lesson == null || lesson.at().plus(LESSON).isBefore(clock.instant()) ? null : lesson.tokens();
    }

    /** Not believed when the provider has taken more, as long as this process runs. */
    void learn(String identity, String model, int tokens) {
        if (entry(identity).learn(model, new Lesson(tokens, clock.instant()))) {
            version.incrementAndGet();
        }
    }

    /** The provider took a request of so many tokens: a limit below that is forgotten. */
    void proved(String identity, String model, int tokens) {
        if (entry(identity).proved(model, tokens)) {
            version.incrementAndGet();
        }
    }

    Map<String, Kept> kept() {
        Map<String, Kept> all = new TreeMap<>();
        entries.forEach((id, e) -> all.put(id, new Kept(e.fetchedAt, e.models, Map.copyOf(e.lessons))));
        return all;
    }

    /** What was known before the start; what has been learned since then counts. */
    void recall(Map<String, Kept> before) {
        before.forEach((id, kept) -> {
            Entry entry = entry(id);
            kept.lessons().forEach(entry::recall);
            synchronized (entry) {
                if (entry.fetchedAt == null && kept.fetchedAt() != null) {
                    entry.models = kept.models();
                    entry.fetchedAt = kept.fetchedAt();
                }
            }
        });
        version.incrementAndGet();
    }
}
