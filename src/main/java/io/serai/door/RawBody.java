package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;

/**
 * Reads a request's body as bytes. The request waits unread until then, so that a stranger's 32 MiB are refused and not read.
 *
 * <p>Filled by the event loop, awaited by the route. Memory is taken for what has arrived and not for what was announced, and
 * counted in the {@link BodyBudget} until the call is complete.
 */
public final class RawBody {
    private static final int FIRST = 8 * 1024;

    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final Call call;
    private final BodyBudget budget;
    private final long announced;
    private final long maxBytes;
    private final ApiError tooLarge;
    private volatile long reserved;
    private byte[] received;
    private int size;
    private volatile long lastNanos = System.nanoTime();

    private RawBody(Call call, BodyBudget budget, long announced, long maxBytes, ApiError tooLarge) {
        this.call = call;
        this.budget = budget;
        this.announced = announced;
        this.received = new byte[announced < 0 ? FIRST : (int) Math.min(announced, BodyBudget.UNCOUNTED)];
        this.maxBytes = maxBytes;
        this.tooLarge = tooLarge;
    }

    /**
     * Waits for the whole body.
     *
     * @param silence how long the next part may take; 408 after it
     * @param tooLarge thrown when there are more than {@code maxBytes}
     * @throws UpstreamException when the client goes away before the end
     */
    public static byte[] read(Exchange exchange, BodyBudget budget, long maxBytes, Duration silence, ApiError tooLarge)
            throws UpstreamException {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        String length = request.getHeader("content-length");
        long announced = length != null && length.length() < 19 ? Long.parseLong(length) : -1;
        if (announced > maxBytes) {
            throw tooLarge;
        }
        letIn(request);
        RawBody body = new RawBody(call, budget, announced, maxBytes, tooLarge);
        request.exceptionHandler(e -> body.gone());
        request.handler(body::add);
        request.endHandler(v -> body.end());
        request.resume();
        try {
            call.cancellation().during(body::gone);
            return body.await(silence);
        } finally {
            call.cancellation().done();
        }
    }

    /** Answers a client that asks before it sends. */
    static void letIn(HttpServerRequest request) {
        if (waitsForLeave(request)) {
            request.response().writeContinue();
        }
    }

    private static boolean waitsForLeave(HttpServerRequest request) {
        return "100-continue".equalsIgnoreCase(request.getHeader("expect"))
                && request.version() == HttpVersion.HTTP_1_1;
    }

    private void add(Buffer part) {
        lastNanos = System.nanoTime();
        if (whole.isDone()) {
            return; // refused: the rest is read and forgotten
        }
        int more = part.length();
        if (size + (long) more > maxBytes) {
            refuse(tooLarge);
            return;
        }
        if (size + more > received.length) {
            if (!grow(size + more)) {
                refuse(ApiError.noMemory());
                return;
            }
        }
        part.getBytes(received, size);
        size += more;
    }

    /** To twice the size, or to the announced one when that is nearer. */
    private boolean grow(int needed) {
        long larger = Math.min(maxBytes, Math.max(needed, received.length * 2L));
        int next = (int) (announced >= needed ? Math.min(announced, larger) : larger);
        if (next > BodyBudget.UNCOUNTED) {
            long more = next - reserved;
            if (!budget.reserve(reserved, more)) {
                return false;
            }
            if (reserved == 0) {
                call.whenComplete(() -> budget.release(reserved));
            }
            reserved = next;
        }
        received = Arrays.copyOf(received, next);
        return true;
    }

    private void refuse(ApiError why) {
        received = new byte[0];
        whole.completeExceptionally(why);
    }

    private void end() {
        whole.complete(size == received.length ? received : Arrays.copyOf(received, size));
    }

    private void gone() {
        whole.completeExceptionally(new UpstreamException(new UpstreamFailure.ClientGone()));
    }

    private byte[] await(Duration silence) throws UpstreamException {
        try {
            while (true) {
                long left = silence.toNanos() - (System.nanoTime() - lastNanos);
                if (left <= 0 && whole.completeExceptionally(ApiError.bodyTimeout(silence))) {
                    throw ApiError.bodyTimeout(silence);
                }
                try {
                    return whole.get(Math.max(1, left), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    continue; // a part may have come meanwhile
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiError refused) {
                throw refused;
            }
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        }
    }
}
