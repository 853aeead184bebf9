package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.RecordedForm;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Autoselects on every door that is not for chats. For each medium there are two models, for source code and for law, beside one
 * that chats and knows both better; who was asked is seen at the provider.
 */
final class AutoselectMediaTest {
    private static final String CODE = "Source code: a Python function that sorts a list.";
    private static final String LAW = "Contracts and courts: the tenant may not sublet.";
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream().on(AutoselectMediaTest::answer);
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider("voices", stub, "models: [{name: law-speech, capabilities: [speech]}]")
                .set("serai.retry.max-wait", "0")
                .set("serai.autoselect.timeout", "30s")
                .file("config/rotations.yaml", """
                        rotations:
                          lawvoices: {providers: [{provider_id: voices, models: [{name: law-speech, weight: 1}]}]}
                        """)
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          code-speech: {capabilities: [speech], backends: [{provider: acme, model_id: code-speech, priority: 1}]}
                          code-images: {capabilities: [images], backends: [{provider: acme, model_id: code-images, priority: 1}]}
                          law-images: {capabilities: [images], backends: [{provider: acme, model_id: law-images, priority: 1}]}
                          code-embeddings: {capabilities: [embeddings], backends: [{provider: acme, model_id: code-embeddings, priority: 1}]}
                          law-embeddings: {capabilities: [embeddings], backends: [{provider: acme, model_id: law-embeddings, priority: 1}]}
                          code-ears: {capabilities: [transcription], backends: [{provider: acme, model_id: code-ears, priority: 1}]}
                          law-ears: {capabilities: [transcription], backends: [{provider: acme, model_id: law-ears, priority: 1}]}
                          talker: {capabilities: [tool_calling], backends: [{provider: acme, model_id: talker, priority: 1}]}
                        """)
                .file("config/autoselect.yaml", """
                        all:
                          classify_semantic: true
                          fallback: law-ears
                          available_models:
                            - {model_id: talker, description: "Source code, Python functions, contracts, tenants and courts"}
                            - {model_id: code-speech, description: "Programming: source code and functions in Python"}
                            - {model_id: rotation/lawvoices, description: "Law: contracts, tenants, rights and courts"}
                            - {model_id: code-images, description: "Programming: source code and functions in Python"}
                            - {model_id: law-images, description: "Law: contracts, tenants, rights and courts"}
                            - {model_id: code-embeddings, description: "Programming: source code and functions in Python"}
                            - {model_id: law-embeddings, description: "Law: contracts, tenants, rights and courts"}
                            - {model_id: code-ears, description: "Speech to text"}
                        asked:
                          selection_model: acme/picker
                          fallback: code-speech
                          available_models:
                            - {model_id: code-speech, description: Programming}
                            - {model_id: rotation/lawvoices, description: Law}
                            - {model_id: law-images, description: Pictures}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static Script answer(RecordedRequest request) {
        String path = request.path();
        if (path.endsWith("/chat/completions")) {
            return Scripts.completion("rotation/lawvoices", 10, 3);
        }
        if (path.endsWith("/audio/speech")) {
            return Scripts.status(200, "sound", "content-type", "audio/mpeg");
        }
        String body = path.endsWith("/embeddings")
                ? "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[1]}],"
                        + "\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}"
                : path.contains("/images/") ? "{\"created\":1,\"data\":[{\"b64_json\":\"QQ==\"}]}" : "{\"text\":\"x\"}";
        return Scripts.status(200, body, "content-type", "application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "audio/speech, input, speech",
        "images/generations, prompt, images",
        "images/edits, prompt, images",
        "embeddings, input, embeddings"
    })
    void theTextDecidesAmongThoseThatCanDoIt(String door, String field, String medium) throws Exception {
        for (String root : new String[] {"/v1/", "/api/v1/", "/api/"}) {
            for (String text : new String[] {CODE, LAW}) {
                HttpResponse<String> answer = broker.post(
                        root + door,
                        "{\"model\":\"autoselect/all\",\"voice\":\"alloy\",\"images\":[{\"file_id\":\"f\"}],\"" + field
                                + "\":\"" + text + "\"}");

                assertThat(answer.statusCode()).as(root + answer.body()).isEqualTo(200);
                assertThat(stub.lastRequest().model()).isEqualTo((text.equals(CODE) ? "code-" : "law-") + medium);
                assertThat(stub.lastRequest().path()).isEqualTo("/v1/" + door);
            }
        }
    }

    @Test
    void theTextsOfAListAreReadTogether() throws Exception {
        HttpResponse<String> answer = broker.post(
                "/v1/embeddings", "{\"model\":\"autoselect/all\",\"input\":[\"Contracts\",\"tenants and courts\"]}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(stub.lastRequest().model()).isEqualTo("law-embeddings");
    }

    @ParameterizedTest
    @CsvSource({"/v1/images/edits", "/api/images/edits"})
    void theTextOfAFormDecidesToo(String door) throws Exception {
        HttpResponse<String> answer = send(new Form()
                .field("model", "autoselect/all")
                .field("prompt", LAW)
                .file("image", "1.png", "image/png", new byte[] {1, 2, 3})
                .to(broker, door));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RecordedForm.of(stub.lastRequest()).summary())
                .containsExactly("model=law-images", "prompt=" + LAW, "image:1.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/audio/transcriptions",
                "/v1/audio/translations",
                "/api/audio/transcriptions",
                "/api/audio/translations",
                "/api/v1/audio/transcriptions"
            })
    void soundGoesToTheFallbackThoughAnotherHearsToo(String door) throws Exception {
        HttpResponse<String> answer = send(new Form()
                .field("model", "autoselect/all")
                .field("prompt", "Speech to text")
                .file("file", "a.mp3", "audio/mpeg", new byte[] {1, 2, 3})
                .to(broker, door));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(RecordedForm.of(stub.lastRequest()).part("model").text()).isEqualTo("law-ears");
    }

    @Test
    void aModelIsAskedAboutTheTextOfOtherMediaToo() throws Exception {
        int before = stub.requests().size();

        HttpResponse<String> answer = broker.post(
                "/v1/audio/speech",
                "{\"model\":\"autoselect/asked\",\"input\":\"Read this out.\",\"voice\":\"alloy\"}");

        assertThat(answer.body()).isEqualTo("sound");
        assertThat(stub.requests().subList(before, stub.requests().size()))
                .extracting(RecordedRequest::model)
                .containsExactly("picker", "law-speech");
        assertThat(stub.requests().get(before).text())
                .contains("Read this out.", "code-speech")
                .doesNotContain("law-images");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return broker.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
