package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tutorial's two routes, word for word, do what it says. */
class TutorialRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FILE =
            Pattern.compile("(?ms)`[^`\\s]*?((?:routes/custom/)?[a-z-]+(?:\\.camel)?\\.yaml)`:\\s+```yaml\\n(.*?)^```");

    /** Two brokers with the same routes, as in the tutorial, where both run from one checkout. */
    @Test
    void twoBrokersAnswerAsThePageShows() throws Exception {
        Map<String, String> files = files();
        try (TestBroker vendor = routes(TestBroker.with().set("serai.auth.keys", "alpha,beta"), files)
                        .start();
                TestBroker broker = routes(TestBroker.with(), files)
                        .file(
                                "config/providers.yaml",
                                files.get("providers.yaml").replace("http://127.0.0.1:3386/v1", vendor.url("/v1")))
                        .start()) {
            JsonNode answer = JSON.readTree(broker.post(
                            "/v1/chat/completions",
                            "{\"model\": \"assistant\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello there my friend\"}]}")
                    .body());
            assertThat(answer.at("/model").asText()).as(answer.toString()).isEqualTo("echo");
            assertThat(answer.at("/choices/0/message/content").asText().strip()).isEqualTo("You said:");
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);
            assertThat(answer.at("/served_by").asText()).matches("vendor-[01]");
        }
    }

    @Test
    void onlyTheNameAssistantIsSentOnAndOnlyPlainAnswersAreMarked() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = routes(
                                TestBroker.with().provider("vendor", stub, "api_keys: [alpha, beta]"), files())
                        .start()) {
            JsonNode answer = JSON.readTree(broker.chat("assistant").body());
            assertThat(answer.path("served_by").asText()).matches("vendor-[01]");
            JsonNode sent = stub.lastRequest().json();
            assertThat(sent.path("model").asText()).isEqualTo("local/echo");
            assertThat(sent.path("max_tokens").isInt()).as(sent.toString()).isTrue();
            assertThat(sent.path("max_tokens").asInt()).isEqualTo(2);

            answer = JSON.readTree(broker.chat("vendor/other").body());
            assertThat(answer.path("served_by").asText()).matches("vendor-[01]");
            assertThat(stub.lastRequest().json().path("model").asText()).isEqualTo("other");
            assertThat(stub.lastRequest().json().has("max_tokens")).isFalse();

            assertThat(broker.chat("assistant", "\"stream\":true").body())
                    .contains("data: [DONE]")
                    .doesNotContain("served_by");
            assertThat(stub.lastRequest().json().path("model").asText()).isEqualTo("local/echo");
        }
    }

    private static TestBroker.Setup routes(TestBroker.Setup setup, Map<String, String> files) throws Exception {
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (file.getKey().startsWith("routes/")) {
                setup.file(file.getKey(), file.getValue());
            }
        }
        return setup;
    }

    /** What the page tells its reader to write, by the file's name. */
    private static Map<String, String> files() throws Exception {
        Map<String, String> files = new LinkedHashMap<>();
        Matcher file = FILE.matcher(Files.readString(Path.of("docs/tutorial.md")));
        while (file.find()) {
            files.put(file.group(1), file.group(2));
        }
        assertThat(files)
                .containsOnlyKeys(
                        "providers.yaml",
                        "routes/custom/before-dispatch.camel.yaml",
                        "routes/custom/after-reply.camel.yaml");
        return files;
    }
}
