package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Speech as it arrives, and pictures that are streamed: the engine of chats with other bytes in it. */
final class SpeechTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "/v1/audio/speech";
    private static StubUpstream stub;
    private static StubUpstream second;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        second = new StubUpstream();
        broker = TestBroker.with()
                .provider("openai", stub)
                .provider("other", second)
                .provider(
                        "picky",
                        stub,
                        "unsupported_parameters: [instructions]",
                        "renamed_parameters: {voice: speaker, prompt: text}")
                .provider("limited-400", stub)
                .provider("limited-429", stub)
                .provider("limited-502", stub)
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .file("config/models.yaml", """
                        models:
                          voice:
                            capabilities: [speech]
                            backends:
                              - {provider: openai, model_id: v1, priority: 1}
                              - {provider: other, model_id: v2, priority: 2}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
        second.close();
    }

    /** No request stays behind: a generation that were replaced would never stop. */
    @AfterEach
    void everyRequestHasLeft() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> broker.broker().view().getInFlight() == 0);
    }

    private static Script audio(byte[] first, CompletableFuture<Void> gate, byte[] rest) {
        return exchange -> {
            exchange.startChunks(200, "content-type", "audio/mpeg");
            exchange.chunk(first);
            exchange.await(gate);
            exchange.chunk(rest);
            exchange.endChunks();
        };
    }

    private static HttpResponse<InputStream> speak(String model, String... more) throws Exception {
        String body = "{\"model\":\"" + model + "\",\"input\":\"Grüß dich \\ud83d\\ude00\",\"voice\":\"alloy\""
                + (more.length == 0 ? "" : "," + more[0]) + "}";
        return broker.http()
                .send(
                        broker.request(DOOR)
                                .header("x-request-id", more.length > 1 ? more[1] : "s")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofInputStream());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tts-1", "tts-1-hd"})
    void theFirstSoundComesBeforeTheLastIsMade(String model) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.enqueue(audio("first".getBytes(), gate, "rest".getBytes()));
        try (RequestLog log = new RequestLog()) {
            HttpResponse<InputStream> answer = speak(model, "\"speed\":1.0", "speech-" + model);

            assertThat(answer.headers().firstValue("content-type")).hasValue("audio/mpeg");
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("openai");
            assertThat(new String(answer.body().readNBytes(5))).isEqualTo("first");
            gate.complete(null);
            assertThat(new String(answer.body().readAllBytes())).isEqualTo("rest");
            assertThat(stub.lastRequest().path()).isEqualTo("/v1/audio/speech");
            assertThat(stub.lastRequest().model()).isEqualTo(model);
            assertThat(log.await("speech-" + model))
                    .containsEntry("characters", "11")
                    .containsEntry("outcome", "OK");
        }
    }

    @Test
    void beforeTheFirstSoundAnotherProviderIsTried() throws Exception {
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "audio/mpeg");
            exchange.close();
        });
        second.enqueue(Scripts.status(200, "sound", "content-type", "audio/opus"));

        HttpResponse<InputStream> answer = speak("voice");

        assertThat(new String(answer.body().readAllBytes())).isEqualTo("sound");
        assertThat(answer.headers().firstValue("content-type")).hasValue("audio/opus");
        assertThat(second.lastRequest().model()).isEqualTo("v2");
    }

    @Test
    void aSoundThatBreaksOffDoesNotLookWhole() throws Exception {
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "audio/mpeg");
            exchange.chunk(new byte[2000]);
            exchange.close();
        });
        try (RequestLog log = new RequestLog()) {
            assertThat(catchThrowable(
                            () -> speak("voice", "\"x\":1", "cut").body().readAllBytes()))
                    .isInstanceOf(IOException.class);

            assertThat(log.await("cut")).containsEntry("outcome", "UPSTREAM_ERROR_AFTER_OUTPUT");
            assertThat(second.requests().stream().noneMatch(r -> r.text().contains("\"x\":1")))
                    .isTrue();
        }
    }

    @Test
    void whatAProviderRefusesIsLeftOutHereToo() throws Exception {
        stub.enqueue(Scripts.status(200, "sound", "content-type", "audio/mpeg"));

        HttpResponse<InputStream> answer = speak("picky/tts", "\"instructions\":\"softly\",\"speed\":2");

        assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("instructions,voice");
        assertThat(JSON.readTree(stub.lastRequest().text()))
                .isEqualTo(JSON.readTree(
                        "{\"model\":\"tts\",\"input\":\"Grüß dich \ud83d\ude00\",\"speaker\":\"alloy\",\"speed\":2}"));
        stub.enqueue(Scripts.status(200, "{\"data\":[{}]}", "content-type", "application/json"));
        broker.post("/v1/images/edits", "{\"model\":\"picky/i\",\"prompt\":\"x\",\"images\":[{\"file_id\":\"f\"}]}");
        assertThat(JSON.readTree(stub.lastRequest().text()))
                .isEqualTo(JSON.readTree("{\"model\":\"i\",\"images\":[{\"file_id\":\"f\"}],\"text\":\"x\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/audio/speech", "/v1/images/generations", "/v1/embeddings"})
    void aRotationOrAnAutoselectThatIsNotThereIsSaidSo(String door) throws Exception {
        for (String kind : new String[] {"rotation", "autoselect"}) {
            HttpResponse<String> answer =
                    broker.post(door, "{\"model\":\"" + kind + "/best\",\"input\":\"x\",\"prompt\":\"x\"}");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
            assertThat(answer.body()).contains("model_not_found", kind);
        }
    }

    @Test
    void aLongSilenceIsNotFilledWithCommentsWhereNoEventsMayCome() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (TestBroker hasty = TestBroker.with()
                .provider("acme", stub)
                .set("serai.stream.first-keepalive", "20ms")
                .set("serai.stream.keepalive", "20ms")
                .start()) {
            var sound = held(
                    hasty,
                    gate,
                    "audio/mpeg",
                    "sound",
                    hasty.request(DOOR).POST(BodyPublishers.ofString("{\"model\":\"acme/t\",\"input\":\"x\"}")));
            var transcript = held(
                    hasty,
                    gate,
                    "application/json",
                    "{\"text\":\"whole\"}",
                    new Form()
                            .field("model", "acme/w")
                            .field("stream", "true")
                            .file("file", "a", "audio/mpeg", new byte[10])
                            .to(hasty, "/v1/audio/transcriptions"));
            stub.enqueue(Scripts.stream("Hel", "lo").gateAfter(1, gate));
            var chat = hasty.http()
                    .send(
                            hasty.request("/v1/chat/completions")
                                    .POST(BodyPublishers.ofString(TestBroker.body("acme/m", "\"stream\":true")))
                                    .build(),
                            BodyHandlers.ofLines());
            var lines = chat.body().iterator();
            for (int comments = 0; comments < 3; ) { // begun after the others, so they were silent for as long
                comments += lines.next().equals(": keepalive") ? 1 : 0;
            }
            gate.complete(null);

            assertThat(sound.join().body()).isEqualTo("sound");
            assertThat(transcript.join().body()).isEqualTo("{\"text\":\"whole\"}");
            lines.forEachRemaining(l -> {});
        }
    }

    /** A request whose provider says nothing until the gate opens. */
    private static CompletableFuture<HttpResponse<String>> held(
            TestBroker at, CompletableFuture<Void> gate, String type, String body, HttpRequest.Builder request) {
        stub.enqueue(exchange -> {
            exchange.await(gate);
            exchange.respond(200, body.getBytes(), "content-type", type);
        });
        var answer = at.http().sendAsync(request.build(), BodyHandlers.ofString());
        await().atMost(Duration.ofSeconds(60)).until(() -> stub.queuedScripts() == 0);
        return answer;
    }

    @Test
    void aTranscriptsEventsAreKeptAliveOnceTheyBegin() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (TestBroker hasty = TestBroker.with()
                .provider("acme", stub)
                .set("serai.stream.keepalive", "20ms")
                .start()) {
            stub.enqueue(Scripts.events(
                            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\n",
                            "data: {\"type\":\"transcript.text.done\",\"text\":\"Hello\"}\n\n")
                    .gateAfter(1, gate));
            var answer = hasty.http()
                    .send(
                            new Form()
                                    .field("model", "acme/g")
                                    .field("stream", "true")
                                    .file("file", "a", "audio/mpeg", new byte[10])
                                    .to(hasty, "/v1/audio/transcriptions")
                                    .build(),
                            BodyHandlers.ofLines());
            var lines = answer.body().iterator();
            assertThat(lines.next()).contains("Hel");
            while (!lines.next().equals(": keepalive")) {
                assertThat(gate).isNotDone();
            }
            gate.complete(null);
            StringBuilder rest = new StringBuilder();
            lines.forEachRemaining(rest::append);
            assertThat(rest).contains("\"text\":\"Hello\"");
        }
    }

    @Test
    void aClientThatLeavesStopsTheProvider() throws Exception {
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "audio/mpeg");
            exchange.chunk(new byte[2000]);
            exchange.awaitPeerClosed();
        });
        HttpResponse<InputStream> answer = speak("tts-1");
        RecordedRequest request = stub.lastRequest();

        answer.body().close();

        request.awaitPeerClosed(Duration.ofSeconds(5));
    }

    @Test
    void aClientThatReadsSlowlyHoldsTheProviderBack() throws Exception {
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "audio/wav");
            while (true) {
                exchange.chunk(new byte[64 * 1024]);
            }
        });
        try (RawHttp client = new RawHttp(broker)) {
            String body = "{\"model\":\"tts-1\",\"input\":\"x\"}";
            client.send(
                    "POST " + DOOR + " HTTP/1.1\r\nHost: b\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            client.readHead();
            RecordedRequest request = stub.lastRequest();
            await().atMost(Duration.ofSeconds(60)).until(request::writerBlocked);
            assertThat(request.bytesWritten()).isLessThan(20_000_000);
        }
    }

    @Test
    void eventsAreRelayedWithTheirTypes() throws Exception {
        stub.enqueue(Scripts.events(
                "event: speech.audio.delta\ndata: {\"type\":\"speech.audio.delta\",\"audio\":\"QUJD\"}\n\n",
                "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":4,\"output_tokens\":9}}\n\n",
                "data: [DONE]\n\n"));
        try (RequestLog log = new RequestLog()) {
            HttpResponse<InputStream> answer = speak("tts-1", "\"stream_format\":\"sse\"", "sse");

            String text = new String(answer.body().readAllBytes());
            assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            assertThat(text)
                    .startsWith("event: speech.audio.delta\ndata: {\"type\"")
                    .contains("data: [DONE]\n\n");
            assertThat(text.split("\\[DONE]", -1)).hasSize(2);
            assertThat(log.await("sse"))
                    .containsEntry("in", "4")
                    .containsEntry("out", "9")
                    .containsEntry("characters", "11");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | {"error":{"message":"no such voice","type":"invalid_request_error","param":"voice"}} | 400 | no such voice
            200 | {"error":{"message":"slow down","type":"rate_limit_error"}}                          | 429 | slow down
            200 | {"text":"no sound"}                                                                  | 502 | a stream was due
            """)
    void anErrorInThePlaceOfSoundIsAnError(int status, String body, int shown, String message) throws Exception {
        stub.enqueue(Scripts.status(status, body, "content-type", "application/json"));

        HttpResponse<InputStream> answer = speak("limited-" + shown + "/tts");

        assertThat(answer.statusCode()).isEqualTo(shown);
        assertThat(new String(answer.body().readAllBytes())).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/audio/speech       | {"input":"x"}                                                  | model
            /v1/audio/speech       | {"model":"tts-1"}                                              | input
            /v1/audio/speech       | {"model":"tts-1","input":""}                                   | input
            /v1/audio/speech       | {"model":"tts-1","input":"x","stream_format":"flac"}           | stream_format
            /v1/images/generations | {"model":"openai/i"}                                           | prompt
            /v1/images/generations | {"model":"openai/i","prompt":"x","n":0}                        | n
            /v1/images/generations | {"model":"openai/i","prompt":"x","stream":"yes"}               | stream
            /v1/images/edits       | {"model":"openai/i","prompt":"x"}                              | images
            """)
    void whatIsMissingIsNamed(String door, String body, String param) throws Exception {
        HttpResponse<String> answer = broker.post(door, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/error/param").asText()).isEqualTo(param);
    }

    @Test
    void partialPicturesAreRelayedAndThePiecesCounted() throws Exception {
        String picture = "QUJD".repeat(200_000);
        stub.enqueue(Scripts.events(
                        "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\""
                                + picture + "\"}\n\n",
                        "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"QQ==\","
                                + "\"usage\":{\"input_tokens\":50,\"input_tokens_details\":{\"text_tokens\":10,\"image_tokens\":40},"
                                + "\"output_tokens\":200}}\n\n")
                .inPieces(100_000));
        try (RequestLog log = new RequestLog()) {
            HttpResponse<String> answer = broker.post(
                    "/api/v1/images/generations",
                    "{\"model\":\"openai/i\",\"prompt\":\"x\",\"stream\":true,\"partial_images\":1}",
                    "x-request-id",
                    "pict");

            assertThat(answer.body()).contains(picture).contains("event: image_generation.completed\n");
            assertThat(log.await("pict"))
                    .containsEntry("images", "1")
                    .containsEntry("in", "50")
                    .containsEntry("out", "200");
        }
    }
}
