package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedForm;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms with files: what reaches the provider, what comes back, and that nothing stays on the disk. */
final class UploadTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "/v1/audio/transcriptions";
    private static final int LIMIT = 3_000_000;
    private static StubUpstream groq;
    private static StubUpstream sambanova;
    private static StubUpstream openai;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        groq = new StubUpstream();
        sambanova = new StubUpstream();
        openai = new StubUpstream();
        broker = TestBroker.with()
                .provider("groq", groq)
                .provider("sambanova", sambanova)
                .provider("picky", groq, "unsupported_parameters: [prompt]", "renamed_parameters: {language: lang}")
                .provider("openai", openai)
                .set("serai.upload.max-bytes", Integer.toString(LIMIT))
                .set("serai.body.timeout", "3s")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        groq.close();
        sambanova.close();
        openai.close();
    }

    @AfterEach
    void nothingStays() {
        await().atMost(Duration.ofSeconds(60)).until(() -> broker.uploads().isEmpty());
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static Form form(String model) {
        return new Form().field("model", model).file("file", "a.mp3", "audio/mpeg", noise(200_000));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return broker.http().send(request.build(), BodyHandlers.ofString());
    }

    private static void answers(String body, String type) {
        groq.enqueue(Scripts.status(200, body, "content-type", type));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/audio/transcriptions     | application/json          | {"text":"Hello", "usage":{"type":"duration","seconds":3}}
            /api/v1/audio/transcriptions | text/plain; charset=utf-8 | Hello
            /v1/audio/translations       | text/vtt                  | WEBVTT
            /v1/audio/transcriptions     | application/x-subrip      | 1
            """)
    void anAnswerComesBackByteForByte(String door, String type, String body) throws Exception {
        answers(body, type);

        HttpResponse<String> answer = send(form("groq/w").to(broker, door));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.headers().firstValue("content-type")).hasValue(type);
        assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("groq");
        assertThat(groq.lastRequest().path()).isEqualTo(door.replace("/api", ""));
    }

    @Test
    void aTypeThatNoHeaderMayHoldIsNoReasonToFail() throws Exception {
        answers("Hello", "text/pl\u0001ain");

        HttpResponse<String> answer = send(form("groq/w").to(broker, DOOR));

        assertThat(answer.body()).isEqualTo("Hello");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain");
    }

    @Test
    void theFormGoesOnInItsOrderWithTheProvidersModel() throws Exception {
        answers("{\"text\":\"x\"}", "application/json");
        byte[] sound = noise(300_000);

        send(new Form()
                .field("language", "de")
                .field("model", "groq/whisper/large")
                .field("timestamp_granularities[]", "word")
                .file("file", "Größe\u266b.wav", "audio/x-wav", sound)
                .field("timestamp_granularities[]", "segment")
                .field("CamelHttpUri", "http://127.0.0.1:1/")
                .field("prompt", "Zwei\r\nZeilen")
                .to(broker, DOOR)
                .header("authorization", "Bearer mine"));

        RecordedForm form = RecordedForm.of(groq.lastRequest());
        assertThat(form.summary())
                .containsExactly(
                        "language=de",
                        "model=whisper/large",
                        "timestamp_granularities[]=word",
                        "file:Größe\u266b.wav",
                        "timestamp_granularities[]=segment",
                        "CamelHttpUri=http://127.0.0.1:1/",
                        "prompt=Zwei\r\nZeilen");
        assertThat(form.part("file").body()).isEqualTo(sound);
        assertThat(form.part("file").contentType()).isEqualTo("audio/x-wav");
        assertThat(groq.lastRequest().headers().all("authorization")).containsExactly("Bearer sk-upstream-groq");
    }

    @Test
    void whatAProviderRefusesIsLeftOutOfTheFormToo() throws Exception {
        answers("{\"text\":\"x\"}", "application/json");

        HttpResponse<String> answer = send(
                form("picky/w").field("prompt", "p").field("language", "de").to(broker, DOOR));

        assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("language,prompt");
        assertThat(RecordedForm.of(groq.lastRequest()).summary()).containsExactly("model=w", "file:a.mp3", "lang=de");
    }

    @Test
    void whisperTriesGroqThenSambanovaThenOpenai() throws Exception {
        byte[] sound = noise(500_000);
        groq.enqueue(Scripts.status(503, Scripts.errorBody("busy", "server_error", "x")));
        sambanova.enqueue(Scripts.hangUp());
        openai.enqueue(Scripts.status(200, "{\"text\":\"third\"}", "content-type", "application/json"));

        HttpResponse<String> answer = send(new Form()
                .field("model", "whisper-1")
                .file("file", "a.mp3", "audio/mpeg", sound)
                .to(broker, DOOR));

        assertThat(answer.body()).isEqualTo("{\"text\":\"third\"}");
        assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("3");
        for (StubUpstream stub : List.of(groq, sambanova, openai)) {
            assertThat(RecordedForm.of(stub.lastRequest()).part("file").body()).isEqualTo(sound);
        }
        assertThat(RecordedForm.of(groq.lastRequest()).part("model").text()).isEqualTo("whisper-large-v3");
        assertThat(RecordedForm.of(sambanova.lastRequest()).part("model").text())
                .isEqualTo("Whisper-Large-v3");
        assertThat(RecordedForm.of(openai.lastRequest()).part("model").text()).isEqualTo("whisper-1");
    }

    @Test
    void whisperLargeTriesGroqThenSambanova() throws Exception {
        int before = openai.requests().size();
        groq.enqueue(Scripts.status(500, "{}"));
        sambanova.enqueue(Scripts.status(500, "{}"));

        HttpResponse<String> answer = send(form("whisper-large-v3").to(broker, DOOR));

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(JSON.readTree(answer.body()).at("/error/attempts"))
                .extracting(a -> a.path("provider").asText())
                .containsExactly("groq", "sambanova");
        assertThat(openai.requests()).hasSize(before);
    }

    @Test
    void theListNamesWhatDoesNotChat() throws Exception {
        assertThat(broker.get("/v1/models").body())
                .contains("\"whisper-1\"", "\"whisper-large-v3\"", "\"tts-1\"", "\"tts-1-hd\"");
    }

    @Test
    void aTranscriptIsStreamedAsItsEventsCome() throws Exception {
        groq.enqueue(Scripts.events(
                "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\n",
                "data: {\"type\":\"transcript.text.done\",\"text\":\"Hello\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,"
                        + "\"input_token_details\":{\"text_tokens\":4,\"audio_tokens\":10},\"output_tokens\":5}}\n\n"));
        try (RequestLog log = new RequestLog()) {
            HttpResponse<String> answer =
                    send(form("groq/g").field("stream", "true").to(broker, DOOR).header("x-request-id", "tr-1"));

            assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            assertThat(answer.body())
                    .startsWith("event: transcript.text.delta\ndata: {\"type\"")
                    .contains("\"text\":\"Hello\"")
                    .doesNotContain("[DONE]");
            assertThat(RecordedForm.of(groq.lastRequest()).part("file").body()).isEqualTo(noise(200_000));
            assertThat(log.await("tr-1")).containsEntry("in", "14").containsEntry("out", "5");
        }
    }

    @Test
    void aTranscriptThatIsCutSaysSo() throws Exception {
        groq.enqueue(Scripts.events("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\n"));

        HttpResponse<String> answer =
                send(form("groq/g").field("stream", "true").to(broker, DOOR));

        assertThat(answer.body())
                .contains("\"delta\":\"Hel\"")
                .contains("{\"error\":{")
                .contains("cut off");
    }

    @Test
    void aModelThatDoesNotStreamAnswersWhole() throws Exception {
        answers("{\"text\":\"whole\"}", "application/json");

        HttpResponse<String> answer =
                send(form("groq/g").field("stream", "true").to(broker, DOOR));

        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.body()).isEqualTo("{\"text\":\"whole\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"text":"x","usage":{"type":"duration","seconds":2.5}}  | 2500   | OK
            {"text":"x","duration":"7.25"}                          | 7250   | OK
            {"text":"x"}                                            | 12500  | OK_ESTIMATED
            """)
    void theLengthOfTheAudioIsCounted(String body, String ms, String outcome) throws Exception {
        answers(body, "application/json");
        try (RequestLog log = new RequestLog()) {
            send(form("groq/w").to(broker, DOOR).header("x-request-id", "len-" + ms));

            assertThat(log.await("len-" + ms)).containsEntry("audio_ms", ms).containsEntry("outcome", outcome);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"text":"x","usage":{"type":"duration","seconds":2.5}}                         | 2500   | 0  | OK
            {"usage":{"type":"tokens","input_tokens":14,"output_tokens":5},"text":"x"}     | none   | 14 | OK
            {"words":[{"duration":9}],"duration":7.25,"text":"x"}                          | 7250   | 0  | OK
            {"text":"x"}                                                                   | 12500  | 0  | OK_ESTIMATED
            """)
    void whatAWholeTranscriptReportsCountsThoughAStreamWasAskedFor(String body, String ms, String in, String outcome)
            throws Exception {
        int middle = body.length() / 2; // a member may be cut anywhere
        groq.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "application/json");
            exchange.chunk(body.substring(0, middle).getBytes(StandardCharsets.UTF_8));
            exchange.chunk(body.substring(middle).getBytes(StandardCharsets.UTF_8));
            exchange.endChunks();
        });
        try (RequestLog log = new RequestLog()) {
            String id = "whole-" + ms + "-" + in + outcome;
            var answer =
                    send(form("groq/w").field("stream", "true").to(broker, DOOR).header("x-request-id", id));

            assertThat(answer.body()).isEqualTo(body);
            assertThat(log.await(id).getOrDefault("audio_ms", "none")).isEqualTo(ms);
            assertThat(log.await(id)).containsEntry("in", in).containsEntry("outcome", outcome);
        }
    }

    @Test
    void anErrorUnder200IsFailedOverThoughAStreamWasAskedFor() throws Exception {
        groq.enqueue(Scripts.status(200, "{\"error\":{\"message\":\"Busy\",\"code\":503}}"));
        sambanova.enqueue(Scripts.status(200, "{\"text\":\"whole\"}"));

        HttpResponse<String> answer =
                send(form("whisper-large-v3").field("stream", "true").to(broker, DOOR));

        assertThat(answer.body()).isEqualTo("{\"text\":\"whole\"}");
    }

    @Test
    void aWavSaysItsLengthItself() throws Exception {
        answers("Hello", "text/plain");
        ByteBuffer wav = ByteBuffer.allocate(44 + 48_000).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 48_000);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 1);
        wav.putInt(16_000).putInt(32_000).putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(48_000);
        try (RequestLog log = new RequestLog()) {
            send(new Form()
                    .field("model", "groq/w")
                    .file("file", "a.wav", "audio/wav", wav.array())
                    .to(broker, DOOR)
                    .header("x-request-id", "wav"));

            assertThat(log.await("wav")).containsEntry("audio_ms", "1500").containsEntry("outcome", "OK");
        }
    }

    @Test
    void picturesAreChangedWithEveryFileOfTheForm() throws Exception {
        groq.enqueue(Scripts.status(
                200,
                "{\"created\":1,\"data\":[{\"b64_json\":\"" + "QUJD".repeat(500_000) + "\"},{\"b64_json\":\"QQ==\"}]}",
                "content-type",
                "application/json"));
        try (RequestLog log = new RequestLog()) {
            HttpResponse<String> answer = send(new Form()
                    .field("model", "groq/gpt-image-1")
                    .field("prompt", "a hat")
                    .file("image[]", "1.png", "image/png", noise(1000))
                    .file("image[]", "2.png", "image/png", noise(2000))
                    .file("mask", "m.png", "image/png", noise(10))
                    .to(broker, "/v1/images/edits")
                    .header("x-request-id", "edit"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(JSON.readTree(answer.body()).at("/data/0/b64_json").asText())
                    .hasSize(2_000_000);
            assertThat(RecordedForm.of(groq.lastRequest()).summary())
                    .containsExactly(
                            "model=gpt-image-1", "prompt=a hat", "image[]:1.png", "image[]:2.png", "mask:m.png");
            assertThat(log.await("edit")).containsEntry("images", "2");
        }
    }

    // ---- what is refused

    private static JsonNode refused(int status, HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body()).path("error");
    }

    @Test
    void aFormWithoutModelOrFileIsRefused() throws Exception {
        Form noModel = new Form().file("file", "a", "audio/mpeg", noise(10));
        assertThat(refused(400, send(noModel.to(broker, DOOR))).path("param").asText())
                .isEqualTo("model");
        Form noFile = new Form().field("model", "groq/w");
        assertThat(refused(400, send(noFile.to(broker, DOOR))).path("param").asText())
                .isEqualTo("file");
        Form fileAsText = new Form().field("model", "groq/w").field("file", "abc");
        assertThat(refused(400, send(fileAsText.to(broker, DOOR))).path("param").asText())
                .isEqualTo("file");
        Form noImage = new Form().field("model", "groq/w").field("prompt", "x");
        assertThat(refused(400, send(noImage.to(broker, "/v1/images/edits")))
                        .path("param")
                        .asText())
                .isEqualTo("image");
        assertThat(refused(400, send(form("gpt-oss-120b").to(broker, DOOR)))
                        .path("code")
                        .asText())
                .isEqualTo("model_not_supported");
    }

    @Test
    void whatIsNoFormIsRefused() throws Exception {
        assertThat(refused(415, broker.post(DOOR, "{}")).path("code").asText()).isEqualTo("unsupported_content_type");
    }

    @Test
    void aTornFormIsRefused() throws Exception {
        for (byte[] body :
                new byte[][] {form("groq/w").torn(), "no form at all".getBytes(StandardCharsets.UTF_8), {}}) {
            HttpResponse<String> answer = send(broker.request(DOOR)
                    .header("content-type", Form.TYPE)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        }
        HttpResponse<String> answer = send(broker.request(DOOR)
                .header("content-type", "multipart/form-data")
                .POST(HttpRequest.BodyPublishers.ofByteArray(form("groq/w").bytes())));
        assertThat(refused(400, answer).path("code").asText()).isEqualTo("invalid_multipart");
    }

    @Test
    void aFieldThatIsTooLongAndTooManyOfThemAreRefused() throws Exception {
        Form longField = form("groq/w").field("prompt", "x".repeat(300_000));
        assertThat(refused(400, send(longField.to(broker, DOOR)))
                        .path("message")
                        .asText())
                .contains("a field is longer");
        Form many = form("groq/w");
        for (int i = 0; i < 100; i++) {
            many.field("f" + i, "x");
        }
        assertThat(refused(400, send(many.to(broker, DOOR))).path("message").asText())
                .contains("more than 64 parts");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUploadThatIsTooLargeIsRefused(boolean announced) throws Exception {
        byte[] body = new Form()
                .field("model", "groq/w")
                .file("file", "a", "audio/mpeg", noise(LIMIT))
                .bytes();
        try (RawHttp client = new RawHttp(broker)) {
            String head = "POST " + DOOR + " HTTP/1.1\r\nHost: b\r\nContent-Type: " + Form.TYPE + "\r\n";
            String framing = announced
                    ? "Content-Length: " + body.length + "\r\n\r\n"
                    : "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length) + "\r\n";
            RawHttp.Answer answer = client.send(head + framing)
                    .send(new String(body, StandardCharsets.ISO_8859_1))
                    .read();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).contains("request_too_large");
        }
    }

    @Test
    void aClientThatLeavesOrFallsSilentLeavesNothing() throws Exception {
        String half = "POST " + DOOR + " HTTP/1.1\r\nHost: b\r\nContent-Type: " + Form.TYPE
                + "\r\nContent-Length: 2000000\r\n\r\n"
                + new String(form("groq/w").torn(), StandardCharsets.ISO_8859_1);
        try (RawHttp client = new RawHttp(broker)) {
            client.send(half);
            await().atMost(Duration.ofSeconds(60)).until(() -> !broker.uploads().isEmpty());
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> broker.uploads().isEmpty());
        try (RawHttp client = new RawHttp(broker)) {
            assertThat(client.send(half).read().status()).isEqualTo(408);
        }
    }

    @Test
    void withoutAPlaceOnTheDiskAnUploadIsRefusedClearly() throws Exception {
        try (TestBroker other = TestBroker.with().provider("groq", groq).start()) {
            groq.enqueue(Scripts.status(200, "{\"text\":\"x\"}", "content-type", "application/json"));
            other.http().send(form("groq/w").to(other, DOOR).build(), BodyHandlers.ofString());
            await().atMost(Duration.ofSeconds(60)).until(() -> other.uploads().isEmpty());
            Path uploads = other.home().resolve("uploads");
            try (var all = Files.walk(uploads)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }

            HttpResponse<String> answer =
                    other.http().send(form("groq/w").to(other, DOOR).build(), BodyHandlers.ofString());

            assertThat(refused(503, answer).path("code").asText()).isEqualTo("no_room_for_uploads");
        }
    }

    @Test
    void whatTheSettingsDoNotAllowInAllIsRefusedUntilThereIsRoom() throws Exception {
        try (TestBroker small = TestBroker.with()
                .provider("groq", groq)
                .set("serai.upload.max-total-bytes", "300000")
                .start()) {
            byte[] whole = form("groq/w").bytes();
            try (RawHttp first = new RawHttp(small)) {
                first.send("POST " + DOOR + " HTTP/1.1\r\nHost: b\r\nContent-Type: " + Form.TYPE
                                + "\r\nContent-Length: " + whole.length + "\r\n\r\n")
                        .send(Arrays.copyOf(whole, 190_000));
                await().atMost(Duration.ofSeconds(60)).until(() -> bytes(small) > 100_000);

                HttpResponse<String> second =
                        small.http().send(form("groq/w").to(small, DOOR).build(), BodyHandlers.ofString());

                assertThat(refused(503, second).path("message").asText()).contains("serai.upload.max-total-bytes");
                assertThat(second.headers().firstValue("retry-after")).hasValue("5");
                await().untilAsserted(() -> assertThat(small.uploads()).hasSize(1)); // what the second left is gone
                answers("{\"text\":\"first\"}", "application/json");
                first.send(Arrays.copyOfRange(whole, 190_000, whole.length));
                assertThat(first.read().body()).contains("first");
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> small.uploads().isEmpty());
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                answers("{\"text\":\"third\"}", "application/json");
                return small.http()
                                .send(form("groq/w").to(small, DOOR).build(), BodyHandlers.ofString())
                                .statusCode()
                        == 200;
            });
        }
    }

    private static long bytes(TestBroker broker) throws Exception {
        long sum = 0;
        for (Path file : broker.uploads()) {
            sum += Files.size(file);
        }
        return sum;
    }

    @Test
    void whatAKilledProcessLeftIsDeletedAndWhatALivingOneHasIsNot() throws Exception {
        Path shared = Files.createTempDirectory("serai-uploads");
        Path dead = Files.createDirectories(shared.resolve("run-dead/1"));
        Files.writeString(dead.resolve("left.tmp"), "x");
        try (TestBroker first = TestBroker.with()
                .provider("groq", groq)
                .set("serai.upload.folder", shared.toString())
                .start()) {
            assertThat(shared.resolve("run-dead")).doesNotExist();
            groq.enqueue(Scripts.stall());
            var pending = first.http().sendAsync(form("groq/w").to(first, DOOR).build(), BodyHandlers.ofString());
            await().atMost(Duration.ofSeconds(60)).until(() -> files(shared) > 0);
            await().until(() -> groq.queuedScripts() == 0); // else it would be the next test's
            try (TestBroker second = TestBroker.with()
                    .set("serai.upload.folder", shared.toString())
                    .start()) {
                assertThat(files(shared)).isEqualTo(1);
            }
            pending.cancel(true);
        }
        assertThat(files(shared)).isZero();
        try (var all = Files.walk(shared)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static long files(Path folder) throws Exception {
        try (var all = Files.walk(folder)) {
            return all.filter(p -> Files.isRegularFile(p) && !p.toString().endsWith(".lock"))
                    .count();
        }
    }

    @Test
    void aClientThatLeavesStopsTheProvider() throws Exception {
        groq.enqueue(Scripts.stall());
        try (RawHttp client = new RawHttp(broker)) {
            byte[] body = form("groq/w").bytes();
            client.send("POST " + DOOR + " HTTP/1.1\r\nHost: b\r\nContent-Type: " + Form.TYPE + "\r\nContent-Length: "
                            + body.length + "\r\n\r\n")
                    .send(new String(body, StandardCharsets.ISO_8859_1));
            await().atMost(Duration.ofSeconds(60)).until(() -> groq.queuedScripts() == 0);
        }
        groq.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
    }
}
