package io.serai.call;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What a call and all its parts and branches have in common: what they tried, and what the record says of them together. Any thread. */
public final class Trail {
    private static final int MOST_PASSED_OVER = 20;

    private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    private final Set<String> passedOver = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<String> sensitive = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Queue<CompletableFuture<?>> behind = new ConcurrentLinkedQueue<>();
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    Trail() {}

    /** In the order they were made; only ever added to. */
    List<Attempt> attempts() {
        return attempts;
    }

    /** Of every model that worked on it until now, also where its words did not become the reply. */
    public Usage usage() {
        Usage sum = Usage.NONE;
        for (Attempt attempt : attempts) {
            Usage ofAttempt = attempt.usage();
            if (attempt.counts() && ofAttempt != null) {
                sum = sum == Usage.NONE ? ofAttempt : sum.plus(ofAttempt);
            }
        }
        return sum;
    }

    /**
     * A candidate that is not even tried; who hears it again has heard it. Of very many only the first are kept.
     *
     * @param where provider or instance
     */
    public void passesOver(String where, String model, String reason) {
        if (passedOver.size() < MOST_PASSED_OVER) {
            passedOver.add(where + "/" + LogText.name(model) + ":" + reason);
        }
    }

    /** {@code instance/model:reason} each, in the order in which they were looked at. */
    List<String> passedOver() {
        synchronized (passedOver) {
            return List.copyOf(passedOver);
        }
    }

    void turnsOut(Sensitivity read) {
        sensitive.addAll(read.reasons());
    }

    /** Why the call is sensitive, {@code kind:category} each. */
    List<String> sensitive() {
        synchronized (sensitive) {
            return List.copyOf(sensitive);
        }
    }

    /**
     * What they have between them, one of a class.
     *
     * @param first makes it, for whoever asks first
     */
    public <T> T shared(Class<T> kind, Supplier<T> first) {
        return kind.cast(shared.computeIfAbsent(kind, k -> first.get()));
    }

    /** Something goes on that the client need not wait for, and that belongs on the record all the same. */
    public void outlastedBy(CompletableFuture<?> work) {
        behind.add(work);
    }

    /** What still goes on behind the reply. */
    public List<CompletableFuture<?>> outlasting() {
        return behind.stream().filter(work -> !work.isDone()).toList();
    }
}
