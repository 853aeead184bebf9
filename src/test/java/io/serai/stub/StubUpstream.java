package io.serai.stub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a free port of 127.0.0.1 that stands for a paid AI vendor and can do everything a peer can do wrong.
 *
 * <p>Which script answers: the oldest of {@link #enqueue}; else the one {@link #forModel} has for the body's {@code model};
 * else what {@link #on} returns, at first {@link Scripts#chat}. {@code GET .../models} is answered aside from all these, so
 * that a probe or a catalogue refresh never eats a script meant for a chat; {@link #onModels} changes that answer.
 *
 * <p>A peer that half-closes its side counts as gone: HTTP clients do not, and it cannot be told from a close.
 */
public final class StubUpstream implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Bounds what the kernel takes for a peer that does not read; left alone it grows by megabytes. Bytes. */
    private static final int SEND_BUFFER = 64 * 1024;

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ConcurrentLinkedQueue<Script> queue = new ConcurrentLinkedQueue<>();
    private final Map<String, Script> byModel = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<String> malformed = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<RecordedRequest> requests = new ArrayList<>();
    private volatile Function<RecordedRequest, Script> byDefault = request -> Scripts.chat("Hello from the stub.");
    private volatile @Nullable Script models;
    private volatile boolean forgetting;
    private volatile boolean closed;

    public StubUpstream() {
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 4096);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    // ---- where it is

    public int port() {
        return server.getLocalPort();
    }

    /** Without path and trailing slash, such as {@code http://127.0.0.1:40123}. */
    public String origin() {
        return "http://127.0.0.1:" + port();
    }

    /** Up to and including the version, as providers are configured: {@code http://127.0.0.1:40123/v1}. */
    public String baseUrl() {
        return origin() + "/v1";
    }

    public URI uri(String pathAndQuery) {
        return URI.create(origin() + pathAndQuery);
    }

    // ---- what it does

    /** Chooses the script for requests that no other rule takes. */
    public StubUpstream on(Function<RecordedRequest, Script> choice) {
        byDefault = choice;
        return this;
    }

    /** Scripts for the next requests, each played once, in order, before any other rule. */
    public StubUpstream enqueue(Script... scripts) {
        queue.addAll(List.of(scripts));
        return this;
    }

    /** The script for every request whose body names the model; the model is then listed by {@code GET .../models}. */
    public StubUpstream forModel(String model, Script script) {
        byModel.put(model, script);
        return this;
    }

    /** Keeps no request, for tests that make more of them than the heap should hold. */
    public StubUpstream forgetting() {
        forgetting = true;
        return this;
    }

    /** The script for {@code GET .../models}, instead of the list of known models. */
    public StubUpstream onModels(Script script) {
        models = script;
        return this;
    }

    // ---- what it saw

    /** Every complete request so far, in the order of arrival, model lists included. */
    public List<RecordedRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /** The latest request; fails when there is none. */
    public RecordedRequest lastRequest() {
        List<RecordedRequest> all = awaitRequests(1);
        return all.get(all.size() - 1);
    }

    /** Waits up to a minute for that many requests, and returns all there are. */
    public List<RecordedRequest> awaitRequests(int count) {
        return awaitRequests(count, PATIENCE);
    }

    public List<RecordedRequest> awaitRequests(int count, Duration atMost) {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (requests.size() < count) {
                if (left <= 0) {
                    throw new AssertionError(
                            requests.size() + " of " + count + " requests within " + atMost + ": " + requests);
                }
                left = arrived.awaitNanos(left);
            }
            return List.copyOf(requests);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Why requests were refused as no HTTP/1.1; a broker under test should leave this empty. */
    public List<String> malformedRequests() {
        return List.copyOf(malformed);
    }

    /** Connections that neither side has closed. */
    public int openConnections() {
        return connections.size();
    }

    /** Connections accepted since the start. */
    public int acceptedConnections() {
        return accepted.get();
    }

    /** Scripts enqueued but not yet played. */
    public int queuedScripts() {
        return queue.size();
    }

    /** Closes every socket and waits until every thread has ended; fails when one does not within a minute. */
    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::closeHere);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "a script did not end " + PATIENCE + " after its connection was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- for its connections

    /** Puts the request on record and says what answers it. */
    Script record(RecordedRequest request) {
        try {
            return choose(request);
        } finally { // afterwards, so that who awaited the request finds its script taken from the queue
            lock.lock();
            try {
                if (!forgetting) {
                    requests.add(request);
                }
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private Script choose(RecordedRequest request) {
        if (request.method().equals("GET") && request.path().endsWith("/models")) {
            Script scripted = models;
            return scripted != null ? scripted : Scripts.models(byModel.keySet());
        }
        Script next = queue.poll();
        if (next != null) {
            return next;
        }
        String model = request.model();
        Script known = model == null ? null : byModel.get(model);
        return known != null ? known : byDefault.apply(request);
    }

    void malformed(String reason) {
        malformed.add(reason);
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    private void accept() {
        while (!closed) {
            Socket socket;
            try {
                socket = server.accept();
            } catch (IOException e) {
                if (closed) {
                    return;
                }
                throw new UncheckedIOException(e);
            }
            try {
                socket.setTcpNoDelay(true); // every write is an event on the wire
                socket.setSendBufferSize(SEND_BUFFER);
            } catch (IOException e) {
                // the peer has left already, which the reader will see
            }
            Connection connection = new Connection(this, socket, accepted.incrementAndGet());
            connections.add(connection);
            try {
                threads.execute(connection::pump);
                threads.execute(connection::serve);
            } catch (RejectedExecutionException e) {
                connection.closeHere(); // accepted while close() was at work
                forget(connection);
            }
        }
    }
}
