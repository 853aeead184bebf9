package io.serai.provider;

import io.serai.call.Multipart;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/** A form for a streamed call: its files go from the disk to the socket as fast as that takes them. One event loop. */
final class FormSender {
    private static final OpenOptions READ = new OpenOptions().setWrite(false).setCreate(false);
    private final Vertx vertx;
    private final Multipart form;

    FormSender(Vertx vertx, Multipart form) {
        this.vertx = vertx;
        this.form = form;
    }

    /** Fails when the request can't be sent; an answer that comes before its end counts. */
    Future<HttpClientResponse> send(HttpClientRequest request) {
        request.putHeader("content-length", Long.toString(form.bytes()));
        Future<Void> sent = Future.succeededFuture();
        for (Multipart.Segment segment : form.segments()) {
            sent = sent.compose(v -> switch (segment) {
                case Multipart.Text text -> request.write(Buffer.buffer(text.text()));
                case Multipart.Content content -> pipe(content, request);
            });
        }
        sent.compose(v -> request.end()).onFailure(e -> request.reset(0, e));
        return request.response();
    }

    private Future<Void> pipe(Multipart.Content content, HttpClientRequest request) {
        return vertx.fileSystem()
                .open(content.path().toString(), READ)
                .compose(file -> file.pipe().endOnComplete(false).to(request).eventually(() -> file.close()));
    }
}
