package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where the settings ask for nothing only the autoselects that ask for it search prompts. */
final class ClassifyOffTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PRIVATE = "My e-mail is m.okonkwo84@gmail.com, write me a greeting.";
    private static final StubUpstream CLOUD = new StubUpstream().on(r -> Scripts.chat("cloud"));
    private static final StubUpstream HOME = new StubUpstream().on(r -> Scripts.chat("home"));
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.with()
                .set("serai.condensation.janitor", "cloud/m")
                .provider("cloud", CLOUD)
                .provider("home", HOME, "privacy: true")
                .file("config/autoselect.yaml", """
                        careful:
                          classify_privacy: true
                          classify_semantic: true
                          fallback: cloud/c
                          available_models:
                            - {model_id: cloud/c, description: "Greetings and e-mails"}
                            - {model_id: home/h, description: "Cooking"}
                        careless:
                          classify_semantic: true
                          fallback: cloud/c
                          available_models:
                            - {model_id: cloud/c, description: "Greetings and e-mails"}
                            - {model_id: autoselect/careful, description: "Cooking recipes, soups and sauces"}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        CLOUD.close();
        HOME.close();
    }

    private static String body(String model, String text) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    private static String servedBy(String model, String text) throws Exception {
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body(model, text));
        return answer.headers().firstValue("x-serai-provider").orElse(answer.body());
    }

    private static JsonNode explain(String model) throws Exception {
        return JSON.readTree(
                broker.post("/v1/route/explain", body(model, PRIVATE)).body());
    }

    @Test
    void nothingIsSearchedUnlessSomebodyAsks() throws Exception {
        assertThat(servedBy("cloud/c", PRIVATE)).isEqualTo("cloud");
        assertThat(servedBy("autoselect/careless", PRIVATE)).isEqualTo("cloud");
        assertThat(explain("cloud/c").has("sensitive")).isFalse();
    }

    @Test
    void anAutoselectThatAsksPicksAmongThoseThatMaySeeIt() throws Exception {
        assertThat(servedBy("autoselect/careful", "Write me a friendly greeting for an e-mail"))
                .isEqualTo("cloud");
        assertThat(servedBy("autoselect/careful", PRIVATE)).isEqualTo("home");

        JsonNode why = explain("autoselect/careful");
        assertThat(why.at("/sensitive/privacy/categories/0").asText()).isEqualTo("email");
        assertThat(why.at("/autoselect/picked").asText()).isEqualTo("home/h");
    }

    @Test
    void oneThatIsReachedThroughAnotherAsksToo() throws Exception {
        assertThat(servedBy("autoselect/careless", "How do I cook a tomato soup? Answer m.okonkwo84@gmail.com"))
                .isEqualTo("home");
    }

    @Test
    void whatTheDoorOfCondensingReadsForItIsSearchedToo() throws Exception {
        String harmless = "Write me a friendly greeting for an e-mail";

        assertThat(janitorIsAsked("autoselect/careful", harmless)).isTrue();
        assertThat(janitorIsAsked("autoselect/careful", PRIVATE)).isFalse();
    }

    private static boolean janitorIsAsked(String model, String text) throws Exception {
        int before = CLOUD.requests().size();
        String older = "{\"role\":\"user\",\"content\":\"" + "Soup is good. ".repeat(60)
                + "\"},{\"role\":\"assistant\",\"content\":\"It is.\"},";
        HttpResponse<String> answer = broker.post(
                "/v1/condense",
                body(model, text)
                        .replace("\"messages\":[", "\"method\":\"semantic\",\"target\":60,\"messages\":[" + older));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return CLOUD.requests().size() > before;
    }
}
