package io.serai.call;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a client on its connection, and whether it takes any of it. One event loop.
 *
 * <p>The kernel keeps megabytes for a connection, and says that there is room again only when a third of them are gone: a
 * client that reads a little would pass for one that reads nothing. Linux is therefore asked when it last sent something
 * ({@code tcpi_last_data_sent}); asking a closed window whether it has opened does not count there.
 */
final class UnreadBytes {
    private static final int KERNEL = 4;

    private final @Nullable ChannelHandlerContext context;
    private final @Nullable Channel channel;
    private long waiting;
    private long since = System.nanoTime();
    private long repeated;
    private long repeatedAt = since;

    UnreadBytes(@Nullable HttpConnection connection) {
        context = connection instanceof ConnectionBase base ? base.channelHandlerContext() : null;
        channel = context == null ? null : context.channel();
    }

    /** For how many milliseconds nothing was taken, as far as calls of this could see. */
    long millis() {
        ChannelOutboundBuffer queue =
                channel == null || !channel.isOpen() ? null : channel.unsafe().outboundBuffer();
        if (queue == null) {
            return 0; // gone, of which others hear
        }
        long now = System.nanoTime();
        long bytes = queue.totalPendingWriteBytes();
        if (bytes < waiting || waiting == 0) {
            since = now;
        }
        waiting = bytes;
        if (channel instanceof EpollSocketChannel socket) {
            ask(socket.tcpInfo(), now);
        }
        return (now - since) / 1_000_000;
    }

    /** What is sent again has reached nobody: only what was sent after the last repetition was taken. */
    private void ask(EpollTcpInfo info, long now) {
        if (info.totalRetrans() != repeated) {
            repeated = info.totalRetrans();
            repeatedAt = now;
        }
        long sentAt = now - info.lastDataSent() * 1_000_000;
        if (sentAt - repeatedAt > 0 && sentAt - since > 0) {
            since = sentAt;
        }
    }

    /** Something was taken. */
    void moved() {
        since = System.nanoTime();
    }

    /** Lets so many bytes wait here, and {@value #KERNEL} times as many in the kernel. */
    void boundAt(int bytes) {
        if (channel == null) {
            return;
        }
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(bytes / 2, bytes));
        try {
            channel.config().setOption(ChannelOption.SO_SNDBUF, KERNEL * bytes);
        } catch (ChannelException e) {
            if (channel.isOpen()) {
                throw e;
            } // else the client has just left
        }
    }

    /** Closes the connection at once, with a reset, so that the kernel too forgets what it keeps. */
    void forget(Runnable closed) {
        if (context == null) {
            closed.run();
            return;
        }
        try {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            if (context.channel().isOpen()) {
                throw e;
            } // else the client has just left
        }
        context.close().addListener(done -> closed.run()); // past Vert.x, which would wait until all is written
    }
}
