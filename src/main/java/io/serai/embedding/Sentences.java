package io.serai.embedding;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes vectors of texts. Nothing is loaded and no thread runs before the first text. */
public final class Sentences implements AutoCloseable {
    /** The model's name. */
    public static final String MODEL = "all-minilm-l6-v2";

    /** Numbers in a vector. */
    public static final int DIMENSIONS = 384;

    private static final Logger LOG = LoggerFactory.getLogger(Sentences.class);
    /** Pieces that one task of the pool takes. */
    private static final int BATCH = 16;
    /** Tasks that wait; a task of long pieces takes about a second. */
    private static final int WAITING = 4096;

    /** How long a native call that runs at the end may go on. */
    private static final int LAST_TASK_SECONDS = 5;

    private final Encoder.Loader loader;
    private final ReentrantLock loading = new ReentrantLock();
    private final ThreadPoolExecutor pool;
    private volatile @Nullable Encoder encoder;
    private volatile @Nullable NoEmbeddingsException unavailable;

    /** With the packed model; one core is left to everything else where there are several. */
    public Sentences() {
        // a method reference would load the library's classes at the start
        this(() -> OnnxEncoder.load(), Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    }

    /** @param threads at once */
    Sentences(Encoder.Loader loader, int threads) {
        this.loader = loader;
        AtomicInteger numbers = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                task -> Thread.ofPlatform()
                        .name("serai-embedding-" + numbers.incrementAndGet())
                        .daemon()
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * @param vectors one a text, in their order, each of length 1
     * @param tokens that the model read, without its own marks
     */
    public record Embedded(List<float[]> vectors, long tokens) {}

    /**
     * Long texts are read in pieces, and their vector is the mean of the pieces'.
     *
     * @throws NoEmbeddingsException when the model can't run here, or too many wait
     * @throws InterruptedException when the thread is interrupted; what has not begun then is not made
     */
    public Embedded embed(List<String> texts) throws NoEmbeddingsException, InterruptedException {
        Encoder model = encoder();
        List<List<int[]>> windows = new ArrayList<>(texts.size());
        List<int[]> all = new ArrayList<>(texts.size());
        long tokens = 0;
        for (String text : texts) {
            int[] ids = model.ids(text);
            tokens += ids.length;
            List<int[]> ofText = Windows.of(ids);
            windows.add(ofText);
            all.addAll(ofText);
        }
        List<float[]> made = encode(model, all);
        List<float[]> vectors = new ArrayList<>(texts.size());
        int at = 0;
        for (List<int[]> ofText : windows) {
            vectors.add(Windows.mean(ofText, made.subList(at, at + ofText.size())));
            at += ofText.size();
        }
        return new Embedded(vectors, tokens);
    }

    /** How many tokens the texts have. */
    public long tokens(List<String> texts) throws NoEmbeddingsException {
        Encoder model = encoder();
        return texts.stream().mapToLong(text -> model.ids(text).length).sum();
    }

    private List<float[]> encode(Encoder model, List<int[]> all) throws NoEmbeddingsException, InterruptedException {
        List<Future<List<float[]>>> tasks = new ArrayList<>();
        try {
            for (int from = 0; from < all.size(); from += BATCH) {
                List<int[]> some = all.subList(from, Math.min(all.size(), from + BATCH));
                tasks.add(pool.submit(() -> each(model, some)));
            }
            List<float[]> vectors = new ArrayList<>(all.size());
            for (Future<List<float[]>> task : tasks) {
                vectors.addAll(task.get());
            }
            return vectors;
        } catch (RejectedExecutionException e) {
            throw new NoEmbeddingsException("The built-in embedding model has too much to do; try again later.", true);
        } catch (ExecutionException e) {
            throw new NoEmbeddingsException("The built-in embedding model failed on this request.", true, e);
        } finally {
            tasks.forEach(task -> task.cancel(false)); // where all went well there is nothing left to cancel
        }
    }

    /** A piece alone each: in one matrix the quantized model's numbers for a text would depend on its neighbours. */
    private static List<float[]> each(Encoder model, List<int[]> windows) {
        List<float[]> vectors = new ArrayList<>(windows.size());
        for (int[] window : windows) {
            vectors.add(model.encode(List.of(window))[0]);
        }
        return vectors;
    }

    private Encoder encoder() throws NoEmbeddingsException {
        Encoder known = encoder;
        if (known != null) {
            return known;
        }
        loading.lock();
        try {
            NoEmbeddingsException why = unavailable;
            if (why != null) {
                throw why;
            }
            Encoder made = encoder;
            return made == null ? load() : made;
        } finally {
            loading.unlock();
        }
    }

    private Encoder load() throws NoEmbeddingsException {
        long started = System.nanoTime();
        try {
            Encoder made = loader.load();
            encoder = made;
            LOG.info("The embedding model {} is loaded ({} ms)", MODEL, (System.nanoTime() - started) / 1_000_000);
            return made;
        } catch (Exception | LinkageError e) {
            NoEmbeddingsException why = new NoEmbeddingsException(
                    "The built-in embedding model can't run on this machine (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + reason(e) + ". Everything else works.",
                    false,
                    e);
            unavailable = why;
            LOG.warn("{}", why.getMessage());
            throw why;
        }
    }

    private static String reason(Throwable e) {
        return switch (e) {
            case UnsatisfiedLinkError link -> "ONNX Runtime has no native library for it";
            case ExceptionInInitializerError library -> "ONNX Runtime could not be started";
            case NoClassDefFoundError library -> "ONNX Runtime could not be started";
            case java.io.IOException file -> "its files, or ONNX Runtime's, can't be read or unpacked";
            default -> "ONNX Runtime does not take it";
        };
    }

    @Override
    public void close() {
        pool.shutdownNow();
        Encoder loaded = encoder;
        if (loaded == null) {
            return;
        }
        try {
            if (pool.awaitTermination(LAST_TASK_SECONDS, TimeUnit.SECONDS)) {
                loaded.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process gives the memory back
        }
    }
}
