package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;

/**
 * Reads a request's body as bytes. The request waits unread until then, so that a stranger's 32 MiB are refused and not read.
 */
public final class RawBody {
    private RawBody() {}

    /**
     * Waits for the whole body.
     *
     * @param tooLarge thrown when there are more than {@code maxBytes}
     * @throws UpstreamException when the client goes away before the end
     */
    public static byte[] read(Exchange exchange, long maxBytes, ApiError tooLarge) throws UpstreamException {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        String length = request.getHeader("content-length");
        if (length != null && length.length() < 19 && Long.parseLong(length) > maxBytes) {
            throw tooLarge;
        }
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        Buffer received = Buffer.buffer();
        request.exceptionHandler(
                e -> whole.completeExceptionally(new UpstreamException(new UpstreamFailure.ClientGone())));
        request.handler(part -> {
            if (received.length() + (long) part.length() > maxBytes) {
                whole.completeExceptionally(tooLarge);
            } else if (!whole.isDone()) {
                received.appendBuffer(part);
            }
        });
        request.endHandler(v -> whole.complete(received.getBytes()));
        request.resume();
        try {
            call.cancellation()
                    .during(() -> whole.completeExceptionally(new UpstreamException(new UpstreamFailure.ClientGone())));
            return whole.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiError refusal) {
                request.handler(part -> {});
                throw refusal;
            }
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        } finally {
            call.cancellation().done();
        }
    }
}
