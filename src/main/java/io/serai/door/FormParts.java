package io.serai.door;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.DiskFileUpload;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.netty.handler.codec.http.multipart.MemoryAttribute;
import io.serai.call.ApiError;
import io.serai.call.Upload;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a form apart with Netty's decoder, files into a folder as they come and fields into memory. It runs on the route's
 * thread, which may wait for the disk. The folder is its owner's to delete.
 */
final class FormParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FormParts.class);
    /** Of one field; the longest is a prompt, of 32,000 characters at OpenAI. */
    private static final int MAX_FIELD_BYTES = 256 * 1024;
    /** Fields and files; also bounds the memory that fields take. */
    private static final int MAX_PARTS = 64;
    /** Of one part's header lines. */
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    /** What the decoder keeps of bytes that it has read. */
    private static final int KEPT_BYTES = 64 * 1024;

    private static final String NO_BOUNDARY = "the header 'content-type' names no boundary";

    private final HttpPostMultipartRequestDecoder decoder;

    /**
     * @param contentType of the request, which names the boundary
     */
    FormParts(String contentType, Path folder) {
        if (!contentType.toLowerCase(Locale.ROOT).contains("boundary=")) {
            throw malformed(NO_BOUNDARY);
        }
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        try {
            decoder = new HttpPostMultipartRequestDecoder(
                    new Spool(folder), head, StandardCharsets.UTF_8, MAX_PARTS, MAX_HEAD_BYTES);
        } catch (HttpPostRequestDecoder.ErrorDataDecoderException e) {
            throw malformed(NO_BOUNDARY);
        }
        decoder.setDiscardThreshold(KEPT_BYTES);
    }

    /** Takes the next bytes, which are the decoder's from here on. 400 or 503 when they can't be kept. */
    void add(ByteBuf bytes) {
        try {
            decoder.offer(new DefaultHttpContent(bytes));
        } catch (DiskFull e) {
            LOG.warn("An upload can't be written: {}", String.valueOf(e.getCause()));
            throw ApiError.noRoom("The broker can't write the upload to its disk. Its log says why.");
        } catch (HttpPostRequestDecoder.TooManyFormFieldsException e) {
            throw malformed("it has more than " + MAX_PARTS + " parts");
        } catch (HttpPostRequestDecoder.TooLongFormFieldException e) {
            throw malformed("a part's head is longer than " + MAX_HEAD_BYTES + " bytes");
        } catch (HttpPostRequestDecoder.ErrorDataDecoderException e) {
            throw malformed(
                    e.getCause() instanceof IOException
                            ? "a field is longer than " + MAX_FIELD_BYTES + " bytes"
                            : "its parts can't be told apart");
        } catch (RuntimeException e) { // Netty's own, on input that nobody thought of
            LOG.debug("A form broke the decoder", e);
            throw malformed("its parts can't be told apart");
        } finally {
            bytes.release();
        }
    }

    /** The whole form. 400 when its end is missing. */
    Upload whole() throws IOException {
        List<Upload.Part> parts = new ArrayList<>();
        try {
            decoder.offer(LastHttpContent.EMPTY_LAST_CONTENT);
            if (decoder.currentPartialHttpData() != null) {
                throw malformed("its last part does not end");
            }
            for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
                parts.add(part(data));
            }
        } catch (HttpPostRequestDecoder.ErrorDataDecoderException
                | HttpPostRequestDecoder.NotEnoughDataDecoderException e) {
            throw malformed("it ends too early");
        }
        return new Upload(List.copyOf(parts));
    }

    private static Upload.Part part(InterfaceHttpData data) throws IOException {
        if (data instanceof FileUpload file) {
            file.retain(); // else the decoder deletes it when it ends
            Path path = file.getFile().toPath();
            return new Upload.File(
                    file.getName(), file.getFilename(), String.valueOf(file.getContentType()), path, Files.size(path));
        }
        return new Upload.Field(data.getName(), ((Attribute) data).getValue());
    }

    private static ApiError malformed(String why) {
        return ApiError.badRequest("invalid_multipart", null, "The form can't be read: " + why + ".");
    }

    /** The files stay where they are. */
    @Override
    public void close() {
        try {
            if (decoder.currentPartialHttpData() instanceof FileUpload half) {
                half.delete(); // closes it
            }
            decoder.destroy();
        } catch (RuntimeException e) {
            LOG.debug("The decoder of a form did not end well", e);
        }
    }

    /** Keeps fields in memory and writes files into the folder. */
    private static final class Spool extends DefaultHttpDataFactory {
        private final Path folder;

        Spool(Path folder) {
            this.folder = folder;
        }

        @Override
        public Attribute createAttribute(HttpRequest request, String name) {
            return field(new MemoryAttribute(name, StandardCharsets.UTF_8));
        }

        @Override
        public Attribute createAttribute(HttpRequest request, String name, long definedSize) {
            return field(new MemoryAttribute(name, definedSize, StandardCharsets.UTF_8));
        }

        private static Attribute field(Attribute attribute) {
            attribute.setMaxSize(MAX_FIELD_BYTES);
            return attribute;
        }

        @Override
        public FileUpload createFileUpload(
                HttpRequest request,
                String name,
                String filename,
                String contentType,
                String contentTransferEncoding,
                Charset charset,
                long size) {
            return new SpooledFile(name, filename, contentType, contentTransferEncoding, charset, size, folder);
        }
    }

    /** Tells a disk that takes no more from a form that is wrong, which Netty reports alike. */
    private static final class SpooledFile extends DiskFileUpload {
        SpooledFile(
                String name,
                String filename,
                String contentType,
                String contentTransferEncoding,
                Charset charset,
                long size,
                Path folder) {
            super(name, filename, contentType, contentTransferEncoding, charset, size, folder.toString(), false);
        }

        @Override
        public void addContent(ByteBuf bytes, boolean last) {
            try {
                super.addContent(bytes, last);
            } catch (IOException e) {
                throw new DiskFull(e);
            }
        }
    }

    private static final class DiskFull extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DiskFull(IOException cause) {
            super(cause);
        }
    }
}
