package io.serai.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Vert.x's transport, with one thing added. Its HTTP client takes 64 KiB in for a response that is paused, which no option
 * changes: the number is the channel's mark for writing, at the moment when the connection is made. A client that says how
 * large its reads are has that size for this mark too.
 */
final class BoundedTransport {
    private BoundedTransport() {}

    static Transport of(Transport whole) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(whole, arguments);
                if (arguments != null
                        && arguments.length == 3
                        && arguments[0] instanceof ClientOptionsBase options
                        && arguments[2] instanceof Bootstrap bootstrap
                        && options.getReceiveBufferSize() > 0) {
                    int size = options.getReceiveBufferSize();
                    bootstrap.option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(size / 2, size));
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (Transport)
                Proxy.newProxyInstance(Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, handler);
    }
}
