package io.serai.broker;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A multipart body as clients send it. */
final class Form {
    static final String TYPE = "multipart/form-data; boundary=----test";
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Form field(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String filename, String type, byte[] bytes) {
        return part("name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: " + type, bytes);
    }

    private Form part(String head, byte[] bytes) {
        write("------test\r\nContent-Disposition: form-data; " + head + "\r\n\r\n");
        body.writeBytes(bytes);
        write("\r\n");
        return this;
    }

    private void write(String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(body.toByteArray());
        whole.writeBytes("------test--\r\n".getBytes(StandardCharsets.UTF_8));
        return whole.toByteArray();
    }

    /** Without the closing boundary. */
    byte[] torn() {
        return body.toByteArray();
    }

    HttpRequest.Builder to(TestBroker broker, String path) {
        return broker.request(path).header("content-type", TYPE).POST(HttpRequest.BodyPublishers.ofByteArray(bytes()));
    }
}
