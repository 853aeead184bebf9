package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.models.audio.AudioResponseFormat;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionInclude;
import com.openai.models.audio.transcriptions.TranscriptionStreamEvent;
import com.openai.models.audio.transcriptions.TranscriptionVerbose;
import com.openai.models.audio.translations.TranslationCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import io.serai.broker.TestBroker;
import io.serai.provider.Vectors;
import io.serai.stub.RecordedForm;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenAI's own client asks for every medium. */
final class OpenAiMediaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static StubUpstream stub;
    private static TestBroker broker;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with().provider("acme", stub).start();
        client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(broker.url("/v1"))
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
        stub.close();
    }

    private static void answers(String body) {
        stub.enqueue(Scripts.status(200, body, "content-type", "application/json"));
    }

    private static MultipartField<InputStream> file(String name) {
        return MultipartField.<InputStream>builder()
                .value(new ByteArrayInputStream(new byte[] {1, 2, 3}))
                .filename(name)
                .build();
    }

    @Test
    void embeddings() {
        answers("{\"object\":\"list\",\"model\":\"e\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":\""
                + Vectors.base64(new float[] {0.5f, -1}) + "\"}],\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}");

        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("acme/e")
                        .input("Hello")
                        .build());

        assertThat(answer.data().get(0).embedding()).containsExactly(0.5f, -1f);
    }

    @Test
    void embeddingsOfAListAsNumbers() throws Exception {
        answers("{\"object\":\"list\",\"model\":\"e\",\"data\":["
                + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1]},"
                + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[0.25,2]}],"
                + "\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}");

        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("acme/e")
                        .inputOfArrayOfStrings(List.of("one", "two"))
                        .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                        .dimensions(2)
                        .build());

        assertThat(answer.data().get(1).embedding()).containsExactly(0.25f, 2f);
        assertThat(JSON.readTree(stub.lastRequest().text()))
                .isEqualTo(JSON.readTree("{\"model\":\"e\",\"input\":[\"one\",\"two\"],\"encoding_format\":\"float\","
                        + "\"dimensions\":2}"));
    }

    @Test
    void speech() throws Exception {
        stub.enqueue(Scripts.status(200, "sound", "content-type", "audio/mpeg"));

        try (HttpResponse answer = client.audio()
                .speech()
                .create(SpeechCreateParams.builder()
                        .model("acme/tts")
                        .input("Hello")
                        .voice("alloy")
                        .build())) {
            assertThat(new String(answer.body().readAllBytes())).isEqualTo("sound");
        }
    }

    @Test
    void transcription() {
        answers("{\"text\":\"Hello\"}");

        String text = client.audio()
                .transcriptions()
                .create(TranscriptionCreateParams.builder()
                        .model("acme/whisper")
                        .file(file("a.mp3"))
                        .build())
                .asTranscription()
                .text();

        assertThat(text).isEqualTo("Hello");
        RecordedForm form = RecordedForm.of(stub.lastRequest());
        assertThat(form.part("model").text()).isEqualTo("whisper");
        assertThat(form.part("file").filename()).isEqualTo("a.mp3");
    }

    @Test
    void aTranscriptWithItsTimes() {
        answers(
                "{\"task\":\"transcribe\",\"language\":\"english\",\"duration\":8.47,\"text\":\"Hello\","
                        + "\"words\":[{\"word\":\"Hello\",\"start\":0.5,\"end\":1.25}],\"segments\":[{\"id\":0,\"seek\":0,\"start\":0,"
                        + "\"end\":3.3,\"text\":\"Hello\",\"tokens\":[50364],\"temperature\":0,\"avg_logprob\":-0.2,"
                        + "\"compression_ratio\":1.2,\"no_speech_prob\":0.01}],\"usage\":{\"type\":\"duration\",\"seconds\":9}}");

        TranscriptionVerbose answer = client.audio()
                .transcriptions()
                .create(TranscriptionCreateParams.builder()
                        .model("acme/whisper")
                        .file(file("a.mp3"))
                        .responseFormat(AudioResponseFormat.VERBOSE_JSON)
                        .addTimestampGranularity(TranscriptionCreateParams.TimestampGranularity.WORD)
                        .addTimestampGranularity(TranscriptionCreateParams.TimestampGranularity.SEGMENT)
                        .addInclude(TranscriptionInclude.LOGPROBS)
                        .language("en")
                        .temperature(0.5)
                        .build())
                .asVerbose();

        assertThat(answer.words().orElseThrow().get(0).end()).isEqualTo(1.25f);
        assertThat(answer.segments().orElseThrow().get(0).tokens()).containsExactly(50364L);
        List<String> sent = RecordedForm.of(stub.lastRequest()).summary();
        assertThat(sent).contains("response_format=verbose_json", "language=en", "temperature=0.5");
        assertThat(sent).anyMatch(p -> p.startsWith("timestamp_granularities") && p.endsWith("=word"));
        assertThat(sent).anyMatch(p -> p.startsWith("timestamp_granularities") && p.endsWith("=segment"));
        assertThat(sent).anyMatch(p -> p.startsWith("include") && p.endsWith("=logprobs"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            text | text/plain; charset=utf-8  | Hello
            srt  | application/x-subrip       | 1 00:00:00,000 --> 00:00:01,000 Hello
            vtt  | text/vtt                   | WEBVTT
            """)
    void aTranscriptAsText(String format, String type, String body) {
        stub.enqueue(Scripts.status(200, body, "content-type", type));

        String text = client.audio()
                .transcriptions()
                .create(TranscriptionCreateParams.builder()
                        .model("acme/whisper")
                        .file(file("a.mp3"))
                        .responseFormat(AudioResponseFormat.of(format))
                        .build())
                .asTranscription()
                .text();

        assertThat(text).isEqualTo(body);
    }

    @Test
    void aTranscriptThatIsStreamed() {
        stub.enqueue(Scripts.events(
                "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hel\"}\n\n",
                "data: {\"type\":\"transcript.text.delta\",\"delta\":\"lo\"}\n\n",
                "data: {\"type\":\"transcript.text.done\",\"text\":\"Hello\"}\n\n"));

        try (StreamResponse<TranscriptionStreamEvent> events = client.audio()
                .transcriptions()
                .createStreaming(TranscriptionCreateParams.builder()
                        .model("acme/whisper")
                        .file(file("a.mp3"))
                        .build())) {
            List<TranscriptionStreamEvent> all = events.stream().toList();

            assertThat(all).hasSize(3);
            assertThat(all.get(1).asTranscriptTextDelta().delta()).isEqualTo("lo");
            assertThat(all.get(2).asTranscriptTextDone().text()).isEqualTo("Hello");
        }
    }

    @Test
    void translation() {
        answers("{\"text\":\"Hello\"}");

        String text = client.audio()
                .translations()
                .create(TranslationCreateParams.builder()
                        .model("acme/whisper")
                        .file(file("a.mp3"))
                        .build())
                .asTranslation()
                .text();

        assertThat(text).isEqualTo("Hello");
        assertThat(stub.lastRequest().path()).isEqualTo("/v1/audio/translations");
    }

    @Test
    void pictures() {
        answers("{\"created\":1,\"data\":[{\"b64_json\":\"QUJD\"}]}");

        ImagesResponse answer = client.images()
                .generate(ImageGenerateParams.builder()
                        .model("acme/i")
                        .prompt("a hat")
                        .build());

        assertThat(answer.data().orElseThrow().get(0).b64Json()).hasValue("QUJD");
    }

    @Test
    void picturesThatAreStreamed() {
        stub.enqueue(Scripts.events(
                picture("image_generation.partial_image", "QQ==", ",\"partial_image_index\":0"),
                picture("image_generation.completed", "QUJD", USAGE)));

        try (StreamResponse<ImageGenStreamEvent> events = client.images()
                .generateStreaming(ImageGenerateParams.builder()
                        .model("acme/i")
                        .prompt("a hat")
                        .partialImages(1)
                        .build())) {
            List<ImageGenStreamEvent> all = events.stream().toList();

            assertThat(all.get(0).asGenerationPartialImage().b64Json()).isEqualTo("QQ==");
            assertThat(all.get(1).asGenerationCompleted().b64Json()).isEqualTo("QUJD");
        }
    }

    @Test
    void picturesThatAreChangedWithAMaskAndStreamed() {
        stub.enqueue(Scripts.events(
                picture("image_edit.partial_image", "QQ==", ",\"partial_image_index\":0"),
                picture("image_edit.completed", "QUJD", USAGE)));

        try (StreamResponse<ImageEditStreamEvent> events = client.images()
                .editStreaming(ImageEditParams.builder()
                        .model("acme/i")
                        .prompt("a hat")
                        .image(MultipartField.<ImageEditParams.Image>builder()
                                .value(ImageEditParams.Image.ofInputStream(
                                        new ByteArrayInputStream(new byte[] {1, 2, 3})))
                                .filename("a.png")
                                .contentType("image/png")
                                .build())
                        .mask(file("mask.png"))
                        .build())) {
            List<ImageEditStreamEvent> all = events.stream().toList();

            assertThat(all.get(0).asPartialImage().partialImageIndex()).isZero();
            assertThat(all.get(1).asCompleted().b64Json()).isEqualTo("QUJD");
        }
        RecordedForm form = RecordedForm.of(stub.lastRequest());
        assertThat(form.part("mask").filename()).isEqualTo("mask.png");
        assertThat(form.part("mask").body()).containsExactly(1, 2, 3);
        assertThat(form.part("stream").text()).isEqualTo("true");
    }

    private static final String USAGE = ",\"usage\":{\"input_tokens\":5,\"input_tokens_details\":{\"image_tokens\":0,"
            + "\"text_tokens\":5},\"output_tokens\":9,\"total_tokens\":14}";

    private static String picture(String type, String base64, String more) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"b64_json\":\"" + base64
                + "\",\"created_at\":1,\"size\":\"1024x1024\",\"quality\":\"high\",\"background\":\"auto\","
                + "\"output_format\":\"png\"" + more + "}\n\n";
    }

    @Test
    void picturesThatAreChanged() {
        answers("{\"created\":1,\"data\":[{\"b64_json\":\"QUJD\"}]}");

        ImagesResponse answer = client.images()
                .edit(ImageEditParams.builder()
                        .model("acme/i")
                        .prompt("a hat")
                        .image(MultipartField.<ImageEditParams.Image>builder()
                                .value(ImageEditParams.Image.ofInputStream(
                                        new ByteArrayInputStream(new byte[] {1, 2, 3})))
                                .filename("a.png")
                                .build())
                        .build());

        assertThat(answer.data().orElseThrow()).hasSize(1);
        assertThat(RecordedForm.of(stub.lastRequest()).part("prompt").text()).isEqualTo("a hat");
    }
}
