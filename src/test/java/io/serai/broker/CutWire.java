package io.serai.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The wire to a server on this machine: it can go silent, so that nobody hears of anybody any more and nothing is closed. */
public final class CutWire implements AutoCloseable {
    private final int target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean silent;

    public CutWire(int target) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    }

    /** @param server where it is entered, perhaps with TLS; it is closed with the wire */
    public CutWire(ServerSocket server, int target) {
        this.target = target;
        this.server = server;
        threads.execute(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public void hang() {
        silent = true;
    }

    /** For connections that are made from now on; what was said on others meanwhile is gone, and they stay as they are. */
    public void heal() {
        silent = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket here = server.accept();
                Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(here, there));
                threads.execute(() -> pass(here, there));
                threads.execute(() -> pass(there, here));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pass(Socket from, Socket to) {
        byte[] bytes = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                if (!silent) {
                    out.write(bytes, 0, n);
                }
            }
        } catch (IOException e) {
            // one of them has gone
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
