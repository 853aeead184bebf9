package io.serai.server;

import io.serai.cache.CacheContent;
import io.serai.cache.CacheKey;
import io.serai.cache.Parcel;
import io.serai.config.Settings;
import io.serai.embedding.Sentences;
import io.serai.embedding.VectorStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/** Embeddings in the cache of one generation, by its routes. */
final class KeptVectors implements VectorStore {
    private static final String KIND = "embeddings";
    /** Vectors that wait to be kept; more are not. */
    private static final int MOST_WAITING = 1_000;

    private final CamelContext context;
    private final ProducerTemplate template;
    private final ExecutorService threads;
    private final String prefix;
    private final Duration ttl;
    private final long patienceNanos;
    private final AtomicInteger waiting = new AtomicInteger();

    KeptVectors(CamelContext context, ExecutorService threads, Settings.Cache settings) {
        this.context = context;
        this.template = context.createProducerTemplate();
        this.threads = threads;
        this.prefix = settings.keyPrefix();
        this.ttl = settings.embeddingsTtl();
        this.patienceNanos = settings.timeout().toNanos();
    }

    /** One after the other, as long as that pays: a vector is made in milliseconds too. */
    @Override
    public List<float[]> find(List<String> names) {
        long until = System.nanoTime() + patienceNanos;
        List<float[]> found = new ArrayList<>(names.size());
        for (String name : names) {
            found.add(System.nanoTime() - until < 0 ? find(name) : new float[0]);
        }
        return found;
    }

    private float[] find(String name) {
        Object body = send("direct:cache-get", key(name));
        if (!(body instanceof Parcel parcel) || parcel.content().length != Sentences.DIMENSIONS * Float.BYTES) {
            return new float[0];
        }
        float[] vector = new float[Sentences.DIMENSIONS];
        ByteBuffer.wrap(parcel.content()).asFloatBuffer().get(vector);
        return vector;
    }

    @Override
    public void keep(List<String> names, List<float[]> vectors) {
        if (waiting.addAndGet(names.size()) > MOST_WAITING) {
            waiting.addAndGet(-names.size());
            return;
        }
        try {
            threads.execute(() -> {
                for (int i = 0; i < names.size(); i++) {
                    keep(names.get(i), vectors.get(i));
                    waiting.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException e) {
            waiting.addAndGet(-names.size()); // the broker stops
        }
    }

    private void keep(String name, float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
        bytes.asFloatBuffer().put(vector);
        send("direct:cache-put", new CacheContent(key(name), "", "", Sentences.MODEL, ttl, bytes.array()));
    }

    private CacheKey key(String name) {
        return new CacheKey(KIND, name, prefix);
    }

    /** Those routes fail for nothing but a generation that has gone. */
    private @Nullable Object send(String route, Object body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        Exchange answered = template.send(route, exchange);
        return answered.getException() == null ? answered.getMessage().getBody() : null;
    }
}
