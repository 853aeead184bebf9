package io.serai.provider;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams' HTTP clients: one for each event loop, so that a stream's bytes come in on the loop that they go out on. With
 * one client for all, every other chunk had to wake another thread.
 */
public final class StreamClients {
    private static final Logger LOG = LoggerFactory.getLogger(StreamClients.class);

    private static final int KERNEL = 4;

    private final Vertx vertx;
    private final HttpClientOptions options;
    private final PoolOptions pool;
    private final int buffer;
    private final Map<EventLoop, HttpClient> clients = new ConcurrentHashMap<>();

    /**
     * @param maxConnections to one endpoint, all loops together
     * @param loops how many event loops there are
     * @param buffer bytes of one stream that wait here when its client is slow; in the kernel four times as many
     */
    public StreamClients(Vertx vertx, HttpClientOptions options, int maxConnections, int loops, int buffer) {
        this.vertx = vertx;
        this.buffer = buffer;
        // a read brings so much at most, and a stream that pauses keeps so much and the rest of one read
        this.options = new HttpClientOptions(options).setReceiveBufferSize(buffer);
        this.pool = new PoolOptions().setHttp1MaxSize(Math.max(1, (maxConnections + loops - 1) / loops));
    }

    /** The client of the event loop that calls. */
    HttpClient here() {
        EventLoop loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        return clients.computeIfAbsent(loop, l -> create());
    }

    private HttpClient create() {
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                // the request on the connection is told, and says so at WARN; Vert.x would say it once more at ERROR
                .withConnectHandler(connection -> {
                    connection.exceptionHandler(e -> LOG.debug("{}", e.getMessage()));
                    bound(connection);
                })
                .build();
    }

    private void bound(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            base.channel().config().setOption(ChannelOption.SO_RCVBUF, KERNEL * buffer);
        }
    }
}
