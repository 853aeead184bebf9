package io.serai.provider;

import io.serai.call.Multipart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A form for a plain call: its files go from the disk to the socket. */
final class FormEntity extends AbstractHttpEntity {
    private final Multipart form;

    FormEntity(Multipart form) {
        super(form.contentType(), null);
        this.form = form;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public long getContentLength() {
        return form.bytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        form.writeTo(out);
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException("is written, not read");
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {}
}
