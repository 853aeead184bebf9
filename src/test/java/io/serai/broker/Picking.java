package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What autoselects are asked in tests, and how. */
final class Picking {
    static final String LAW = "Can my landlord terminate the lease without giving any notice?";
    /** A member of a body, with the comma before it. */
    static final String TOOLS =
            ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]";
    /** Tokens that the question to a selection model has. */
    static final int QUESTION = 300;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Picking() {}

    /** What a selection model says. */
    static Script says(String answer) {
        return Scripts.completion(answer, QUESTION, 9);
    }

    /** One that it picks. */
    static Script picks(String model) {
        return says("<aisbf_model_autoselection>" + model + "</aisbf_model_autoselection>");
    }

    /** @param turns a user's words, the assistant's, and so on */
    static String body(String model, String more, String... turns) throws IOException {
        StringBuilder messages = new StringBuilder();
        for (int i = 0; i < turns.length; i++) {
            messages.append(i == 0 ? "" : ",")
                    .append(JSON.writeValueAsString(
                            Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", turns[i])));
        }
        return "{\"model\":\"" + model + "\",\"messages\":[" + messages + "]" + more + "}";
    }

    /** Each stub model says its name. */
    static String who(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).at("/choices/0/message/content").asText();
    }

    static JsonNode explain(TestBroker broker, String body) throws IOException, InterruptedException {
        return JSON.readTree(broker.post("/v1/route/explain", body).body());
    }

    /** To be left alone before the answer is there. */
    static CompletableFuture<HttpResponse<String>> begin(TestBroker broker, String body) {
        return broker.http()
                .sendAsync(
                        broker.request("/v1/chat/completions")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** @param operation {@code stop} or {@code start} */
    static void route(String autoselect, String operation) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName route = server.queryNames(
                        new ObjectName("org.apache.camel:type=routes,name=\"autoselect-" + autoselect + "\",*"), null)
                .iterator()
                .next();
        server.invoke(route, operation, null, null);
    }
}
