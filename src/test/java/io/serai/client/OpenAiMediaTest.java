package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.audio.transcriptions.TranscriptionCreateParams;
import com.openai.models.audio.translations.TranslationCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import io.serai.broker.TestBroker;
import io.serai.provider.Vectors;
import io.serai.stub.RecordedForm;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own client asks for every medium. */
final class OpenAiMediaTest {
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
