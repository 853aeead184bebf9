package io.serai.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.GoogleRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** A stub that refuses what Google would, and otherwise answers as the test says, by the model in the path. */
final class Gemini implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String HELLO = answer("{\"text\":\"Hello.\"}", "STOP");

    final StubUpstream stub = new StubUpstream();
    private final Map<String, Script> byModel = new ConcurrentHashMap<>();
    private final Function<RecordedRequest, Optional<Script>> rules = new GoogleRules();

    Gemini() {
        stub.on(request -> rules.apply(request).orElseGet(() -> chosen(request)));
    }

    private Script chosen(RecordedRequest request) {
        boolean streamed = request.target().endsWith("alt=sse");
        return byModel.getOrDefault(
                model(request.path()),
                streamed ? Scripts.events("data: " + HELLO + "\n\n") : Scripts.status(200, HELLO));
    }

    private static String model(String path) {
        return path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf(':'));
    }

    /** A whole answer of one part. */
    static String answer(String parts, String finish) {
        return "{\"candidates\":[{\"content\":{\"parts\":[" + parts + "],\"role\":\"model\"},\"finishReason\":\""
                + finish
                + "\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":3,\"totalTokenCount\":11},"
                + "\"modelVersion\":\"gemini-served\",\"responseId\":\"r1\"}";
    }

    Gemini on(String model, Script script) {
        byModel.put(model, script);
        return this;
    }

    TestBroker.Setup broker(String... more) throws IOException {
        return TestBroker.with().provider("google", "google", stub.origin(), more);
    }

    /** What Google got last. */
    JsonNode sent() {
        return stub.lastRequest().json();
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    static List<String> adapted(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-serai-params-adapted").stream()
                .flatMap(names -> Stream.of(names.split(",")))
                .toList();
    }

    @Override
    public void close() {
        stub.close();
    }
}
