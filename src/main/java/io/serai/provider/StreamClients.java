package io.serai.provider;

import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.impl.ContextInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams' HTTP clients: one for each event loop, so that a stream's bytes come in on the loop that they go out on. With
 * one client for all, every other chunk had to wake another thread.
 */
public final class StreamClients {
    private final Vertx vertx;
    private final HttpClientOptions options;
    private final PoolOptions pool;
    private final Map<EventLoop, HttpClient> clients = new ConcurrentHashMap<>();

    /**
     * @param maxConnections to one endpoint, all loops together
     * @param loops how many event loops there are
     */
    public StreamClients(Vertx vertx, HttpClientOptions options, int maxConnections, int loops) {
        this.vertx = vertx;
        this.options = options;
        this.pool = new PoolOptions().setHttp1MaxSize(Math.max(1, (maxConnections + loops - 1) / loops));
    }

    /** The client of the event loop that calls. */
    HttpClient here() {
        EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        return clients.computeIfAbsent(loop, l -> vertx.createHttpClient(options, pool));
    }
}
