package io.serai.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.Timer;
import io.serai.config.Secret;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, made in the background, and made anew whenever it is lost: the first one is no different from later ones, which
 * Lettuce's own way to come back does not know.
 */
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    /** For a connection and its handshake; nobody waits for it. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private static final long FIRST_RETRY_MS = 100;
    private static final long LONGEST_RETRY_MS = 2_000;
    /** Questions that wait for their answers; more are refused. */
    private static final int MOST_UNANSWERED = 10_000;

    private final Settings.RedisServer server;
    private final RedisURI uri;
    private final Timer timers;
    private final ClientResources resources;
    private final RedisClient client;
    private final CompletableFuture<@Nullable Void> tried = new CompletableFuture<>();
    private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
    private int tries;
    /** Whether the next connection, or that there is none, is worth a line: not while the breaker tries again and again. */
    private boolean news = true;

    private boolean closed;
    /** Why TLS did not come about at the latest try, of which Lettuce says only that nothing came about. */
    private volatile @Nullable Throwable noTls;

    Link(Settings.RedisServer server, Timer timers) {
        this.server = server;
        this.uri = uri(server);
        this.timers = timers;
        resources = ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE) // the JDK's, as everything else here
                .timer(timers)
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        listen(channel.pipeline().get(SslHandler.class));
                    }
                })
                .build();
        client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(ProtocolVersion.RESP2) // an old server quotes what RESP3 logs in with
                .requestQueueSize(MOST_UNANSWERED)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build())
                .build());
    }

    private static RedisURI uri(Settings.RedisServer server) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(server.host())
                .withPort(server.port())
                .withSsl(server.tls())
                .withDatabase(server.database())
                .withTimeout(CONNECT);
        Secret password = server.password();
        if (password != null) {
            char[] secret = password.reveal().toCharArray();
            uri = server.user() == null ? uri.withPassword(secret) : uri.withAuthentication(server.user(), secret);
        }
        return uri.build();
    }

    /** Null while there is none. */
    @Nullable
    StatefulRedisConnection<String, byte[]> connection() {
        return connection;
    }

    /** Done when the first try has ended, whichever way. */
    CompletableFuture<@Nullable Void> tried() {
        return tried;
    }

    synchronized void open() {
        if (closed) {
            return;
        }
        noTls = null;
        try {
            client.connectAsync(CODEC, uri).whenComplete((made, e) -> {
                if (made == null) {
                    failed(e);
                } else {
                    made(made);
                }
                tried.complete(null);
            });
        } catch (RuntimeException e) { // whatever Lettuce may think of: the next try must come
            failed(e);
            tried.complete(null);
        }
    }

    private void listen(@Nullable SslHandler tls) {
        if (tls != null) {
            tls.handshakeFuture().addListener(shaken -> noTls = shaken.cause());
        }
    }

    private void made(StatefulRedisConnection<String, byte[]> made) {
        boolean worthALine;
        synchronized (this) {
            if (closed) {
                made.closeAsync();
                return;
            }
            tries = 0;
            worthALine = news;
            news = false;
            connection = made;
        }
        if (worthALine) {
            LOG.info("Redis at {}:{} is there", server.host(), server.port());
        }
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> gone) {
                lost(made);
            }
        });
        if (!made.isOpen()) {
            lost(made);
        }
    }

    /** Closes the connection and makes another. */
    void renew() {
        StatefulRedisConnection<String, byte[]> old = connection;
        if (old != null && forget(old)) {
            old.closeAsync();
            later();
        }
    }

    private void lost(StatefulRedisConnection<String, byte[]> gone) {
        if (forget(gone)) {
            LOG.warn(
                    "Redis at {}:{} is away; until it is back this broker goes by what it knows itself",
                    server.host(),
                    server.port());
            gone.closeAsync();
            synchronized (this) {
                news = true;
            }
            later();
        }
    }

    /** False where it is forgotten already. */
    private synchronized boolean forget(StatefulRedisConnection<String, byte[]> gone) {
        boolean known = connection == gone;
        connection = known ? null : connection;
        return known && !closed;
    }

    private void failed(Throwable e) {
        boolean first;
        synchronized (this) {
            first = !closed && (tries == 0 || !news);
            news = true;
        }
        if (first) {
            Throwable tls = noTls;
            LOG.warn(
                    "Redis at {}:{} can't be reached ({})",
                    server.host(),
                    server.port(),
                    reason(tls == null ? e : tls));
        }
        later();
    }

    /** Of the first cause, without the password: servers quote what they don't understand. */
    private String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = String.valueOf(root.getMessage());
        Secret password = server.password();
        return password == null ? text : text.replace(password.reveal(), "***");
    }

    private synchronized void later() {
        if (!closed) {
            long wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS << Math.min(tries++, 10));
            long jittered = wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1);
            timers.newTimeout(t -> open(), jittered, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        StatefulRedisConnection<String, byte[]> last;
        synchronized (this) {
            closed = true;
            last = connection;
            connection = null;
        }
        if (last != null) {
            last.closeAsync();
        }
        client.shutdown(Duration.ZERO, CONNECT);
        resources.shutdown(0, CONNECT.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(CONNECT.toMillis());
    }
}
