package io.serai.stub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ready-made answers, good and bad, in OpenAI's shape.
 *
 * <p>What a test compares is constant: ids, the creation time, and the usage unless it is given. The model is the
 * request's own, or {@value #MODEL} when it names none.
 */
public final class Scripts {
    /** Usage that answers report when a test names none. Tokens. */
    public static final int PROMPT_TOKENS = 12;

    /** Usage that answers report when a test names none. Tokens. */
    public static final int COMPLETION_TOKENS = 5;

    public static final String MODEL = "stub-model";
    public static final String COMPLETION_ID = "chatcmpl-stub";
    public static final String CALL_ID = "call_stub";

    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private static final long CREATED = 1_767_225_600L; // 2026-01-01T00:00:00Z in epoch seconds
    private static final String[] AS_JSON = {"content-type", "application/json"};

    /** Bounds {@link #endlessHeader} for a peer that never gives up. Bytes. */
    private static final int ENDLESS = 64 * 1024 * 1024;

    private Scripts() {}

    // ---- as it should be

    /** A stream when the request asks for one, else a completion. */
    public static Script chat(String text) {
        return exchange -> {
            if (exchange.request().streaming()) {
                stream(text).play(exchange);
            } else {
                completion(text).play(exchange);
            }
        };
    }

    /** A {@code chat.completion}, also for a request that asks for a stream. */
    public static Script completion(String text) {
        return completion(text, PROMPT_TOKENS, COMPLETION_TOKENS);
    }

    public static Script completion(String text, int promptTokens, int completionTokens) {
        return exchange -> {
            ObjectNode message =
                    JSON.createObjectNode().put("role", "assistant").put("content", text);
            exchange.respond(
                    200, bytes(completionOf(exchange, message, "stop", promptTokens, completionTokens)), AS_JSON);
        };
    }

    /** A {@code chat.completion} that calls one tool. */
    public static Script toolCall(String name, String argumentsJson) {
        return exchange -> {
            ObjectNode message =
                    JSON.createObjectNode().put("role", "assistant").putNull("content");
            message.putArray("tool_calls").add(call(name, argumentsJson));
            exchange.respond(
                    200,
                    bytes(completionOf(exchange, message, "tool_calls", PROMPT_TOKENS, COMPLETION_TOKENS)),
                    AS_JSON);
        };
    }

    /** A role-only chunk, a chunk for each text, the finish, the usage if the request asked for it, and {@code [DONE]}. */
    public static StreamScript stream(String... texts) {
        return stream(List.of(texts));
    }

    public static StreamScript stream(List<String> texts) {
        return stream(texts, PROMPT_TOKENS, COMPLETION_TOKENS);
    }

    public static StreamScript stream(List<String> texts, int promptTokens, int completionTokens) {
        List<ObjectNode> deltas = new ArrayList<>();
        deltas.add(JSON.createObjectNode().put("role", "assistant").put("content", ""));
        for (String text : texts) {
            deltas.add(JSON.createObjectNode().put("content", text));
        }
        return deltas(deltas, "stop", promptTokens, completionTokens);
    }

    /** A stream that calls one tool, its arguments in the given pieces. */
    public static StreamScript streamToolCall(String name, String... argumentPieces) {
        List<ObjectNode> deltas = new ArrayList<>();
        ObjectNode first = JSON.createObjectNode().put("role", "assistant").putNull("content");
        first.putArray("tool_calls").add(call(name, "").put("index", 0));
        deltas.add(first);
        for (String piece : argumentPieces) {
            ObjectNode delta = JSON.createObjectNode();
            delta.putArray("tool_calls")
                    .addObject()
                    .put("index", 0)
                    .putObject("function")
                    .put("arguments", piece);
            deltas.add(delta);
        }
        return deltas(deltas, "tool_calls", PROMPT_TOKENS, COMPLETION_TOKENS);
    }

    /** Events of any dialect as they stand on the wire, each with its closing empty line and lines ended by {@code \n}. */
    public static StreamScript events(String... events) {
        List<String> all = List.of(events);
        return new StreamScript(request -> all);
    }

    /** {@code GET .../models}: these ids, or {@value #MODEL} when there are none. */
    public static Script models(Collection<String> ids) {
        ObjectNode list = JSON.createObjectNode().put("object", "list");
        var data = list.putArray("data");
        for (String id : ids.isEmpty() ? List.of(MODEL) : ids) {
            data.addObject()
                    .put("id", id)
                    .put("object", "model")
                    .put("created", CREATED)
                    .put("owned_by", "stub");
        }
        return exchange -> exchange.respond(200, bytes(list), AS_JSON);
    }

    // ---- refusals

    /** Any JSON answer with any status. Headers are names and values in turn; a content type among them replaces JSON's. */
    public static Script status(int code, String jsonBody, String... headers) {
        byte[] body = jsonBody.getBytes(StandardCharsets.UTF_8);
        boolean typed = false;
        for (int i = 0; i < headers.length; i += 2) {
            typed |= headers[i].equalsIgnoreCase("content-type");
        }
        String[] all = typed ? headers.clone() : Arrays.copyOf(AS_JSON, AS_JSON.length + headers.length);
        if (!typed) {
            System.arraycopy(headers, 0, all, AS_JSON.length, headers.length);
        }
        return exchange -> exchange.respond(code, body, all);
    }

    /** An error in OpenAI's shape. */
    public static Script error(int code, String message, String type, @Nullable String errorCode, String... headers) {
        return status(code, errorBody(message, type, errorCode), headers);
    }

    /** 429 with {@code retry-after} in seconds. */
    public static Script rateLimited(int retryAfterSeconds) {
        return error(
                429,
                "Rate limit reached.",
                "rate_limit_error",
                "rate_limit_exceeded",
                "retry-after",
                Integer.toString(retryAfterSeconds));
    }

    /** 307, which keeps the method and the body: followed blindly, it hands the key to another host. */
    public static Script redirect(String location) {
        return exchange -> exchange.respond(307, new byte[0], "location", location);
    }

    // ---- answers that are none

    /** 200 with a web page, as captive portals and misconfigured proxies give. */
    public static Script html() {
        return html(200);
    }

    public static Script html(int code) {
        byte[] page = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>".getBytes(StandardCharsets.UTF_8);
        return exchange -> exchange.respond(code, page, "content-type", "text/html; charset=utf-8");
    }

    /** 200 with the first half of a completion, framed as if it were whole. */
    public static Script halfJson() {
        return exchange -> {
            byte[] whole = completionBytes(exchange, "Half of this is missing.");
            exchange.respond(200, Arrays.copyOf(whole, whole.length / 2), AS_JSON);
        };
    }

    /** 200 with a JSON content type and no body. */
    public static Script emptyOk() {
        return exchange -> exchange.respond(200, new byte[0], AS_JSON);
    }

    /** A good completion that claims to be an octet stream. */
    public static Script wrongContentType() {
        return exchange -> exchange.respond(
                200, completionBytes(exchange, "Hello from the stub."), "content-type", "application/octet-stream");
    }

    /** Bytes as they are, then a close in order (FIN). */
    public static Script raw(byte[] bytes) {
        byte[] copy = bytes.clone();
        return exchange -> {
            exchange.write(copy);
            exchange.close();
        };
    }

    /** The same for text without characters beyond Latin 1. */
    public static Script raw(String text) {
        return raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closes (FIN) without an answer. */
    public static Script hangUp() {
        return Exchange::close;
    }

    /** Breaks the connection (RST) without an answer. */
    public static Script reset() {
        return Exchange::reset;
    }

    /** A header that goes on until the peer closes, or for 64 MiB. */
    public static Script endlessHeader() {
        return exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nx-endless: ".getBytes(StandardCharsets.ISO_8859_1));
            byte[] more = new byte[16 * 1024];
            Arrays.fill(more, (byte) 'a');
            for (long written = 0; written < ENDLESS; written += more.length) {
                exchange.write(more);
            }
            exchange.close();
        };
    }

    // ---- slow ones

    /** Accepts the request and never says anything; ends when the peer closes. */
    public static Script stall() {
        return Exchange::awaitPeerClosed;
    }

    /** A good completion with {@code content-length} whose body comes in so many pieces with a pause before each. */
    public static Script slowBody(String text, int pieces, Duration pause) {
        return exchange -> {
            byte[] body = completionBytes(exchange, text);
            exchange.closeAfterwards();
            exchange.writeHead(
                    200, "content-type", "application/json", "content-length", Integer.toString(body.length));
            int at = 0;
            for (int i = 1; i <= pieces; i++) {
                exchange.pause(pause);
                int end = (int) ((long) body.length * i / pieces);
                exchange.write(Arrays.copyOfRange(body, at, end));
                at = end;
            }
        };
    }

    /** A role-only chunk, then content chunks with that text until the peer closes; at 0 ms as fast as it reads. */
    public static Script endlessStream(String chunk, long intervalMs) {
        Duration interval = Duration.ofMillis(intervalMs);
        return exchange -> {
            exchange.startChunks(200, "content-type", "text/event-stream; charset=utf-8", "cache-control", "no-cache");
            RecordedRequest request = exchange.request();
            event(
                    exchange,
                    chunkOf(
                            request,
                            JSON.createObjectNode().put("role", "assistant").put("content", ""),
                            null));
            byte[] event = event(chunkOf(request, JSON.createObjectNode().put("content", chunk), null))
                    .getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.pause(interval);
                exchange.chunk(event);
                exchange.eventWritten();
            }
        };
    }

    // ---- streams that go wrong, for those who need no other option of StreamScript

    /** A stream of ten words whose connection is closed after {@code n} events. */
    public static StreamScript cutAfter(int n) {
        return tenWords().cutAfter(n);
    }

    /** A stream of ten words that sends an error instead of going on after {@code n} events. */
    public static StreamScript streamErrorEvent(int n) {
        return tenWords().errorAfter(n);
    }

    private static StreamScript tenWords() {
        return stream("one ", "two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine ", "ten");
    }

    // ---- shapes

    /** {@code {"error":{"message","type","param":null,"code"}}} on one line. */
    public static String errorBody(String message, String type, @Nullable String code) {
        ObjectNode body = JSON.createObjectNode();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .putNull("param")
                .put("code", code);
        return body.toString();
    }

    private static StreamScript deltas(List<ObjectNode> deltas, String finish, int promptTokens, int completionTokens) {
        return new StreamScript(request -> {
            List<String> events = new ArrayList<>();
            for (ObjectNode delta : deltas) {
                events.add(event(chunkOf(request, delta, null)));
            }
            events.add(event(chunkOf(request, JSON.createObjectNode(), finish)));
            if (request.includeUsage()) {
                ObjectNode last = head(request, "chat.completion.chunk");
                last.putArray("choices");
                last.set("usage", usage(promptTokens, completionTokens));
                events.add(event(last));
            }
            events.add("data: [DONE]\n\n");
            return events;
        });
    }

    private static ObjectNode chunkOf(RecordedRequest request, ObjectNode delta, @Nullable String finish) {
        ObjectNode chunk = head(request, "chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        if (request.includeUsage()) {
            chunk.putNull("usage");
        }
        return chunk;
    }

    private static ObjectNode completionOf(
            Exchange exchange, ObjectNode message, String finish, int promptTokens, int completionTokens) {
        ObjectNode body = head(exchange.request(), "chat.completion");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.put("finish_reason", finish);
        body.set("usage", usage(promptTokens, completionTokens));
        return body;
    }

    private static byte[] completionBytes(Exchange exchange, String text) {
        ObjectNode message = JSON.createObjectNode().put("role", "assistant").put("content", text);
        return bytes(completionOf(exchange, message, "stop", PROMPT_TOKENS, COMPLETION_TOKENS));
    }

    private static ObjectNode head(RecordedRequest request, String object) {
        String model = request.model();
        return JSON.createObjectNode()
                .put("id", COMPLETION_ID)
                .put("object", object)
                .put("created", CREATED)
                .put("model", model == null ? MODEL : model);
    }

    private static ObjectNode call(String name, String arguments) {
        ObjectNode call = JSON.createObjectNode().put("id", CALL_ID).put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        return call;
    }

    private static ObjectNode usage(int promptTokens, int completionTokens) {
        return JSON.createObjectNode()
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", completionTokens)
                .put("total_tokens", promptTokens + completionTokens);
    }

    private static String event(JsonNode data) {
        return "data: " + data + "\n\n";
    }

    private static void event(Exchange exchange, JsonNode data) throws IOException {
        exchange.chunk(event(data).getBytes(StandardCharsets.UTF_8));
        exchange.eventWritten();
    }

    private static byte[] bytes(JsonNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }
}
