package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A configuration that was replaced, and a broker that was closed, leave the heap. Camel's launcher hooks itself into the
 * exit of the JVM, from where it would hold each with all of its routes, some 2 MB, for ever.
 */
final class OldGenerationsAreForgottenTest {
    private static final int TIMES = 4;
    /** That of the generation in use, and one that Camel keeps for its Simple language. */
    private static final long MORE = 2;

    private StubUpstream stub;

    @BeforeEach
    void start() {
        stub = new StubUpstream();
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void aReplacedGenerationIsForgotten() throws Exception {
        long before = contexts();
        try (TestBroker broker = broker()) {
            for (int i = 0; i < TIMES; i++) {
                use(broker);
                assertThat(broker.broker().reload()).isTrue();
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(contexts() - before).isLessThanOrEqualTo(MORE));
        }
    }

    @Test
    void aClosedBrokerIsForgotten() throws Exception {
        long before = contexts();
        for (int i = 0; i < TIMES; i++) {
            try (TestBroker broker = broker()) {
                use(broker);
            }
        }
        await().untilAsserted(() -> assertThat(contexts() - before).isLessThanOrEqualTo(MORE));
    }

    private TestBroker broker() throws Exception {
        return TestBroker.with()
                .provider("openai", stub)
                .provider("anthropic", "anthropic", stub.origin())
                .provider("google", "google", stub.origin())
                .provider("ollama", "ollama", stub.origin())
                .start();
    }

    private static void use(TestBroker broker) throws Exception {
        assertThat(broker.chat("openai/m").statusCode()).isEqualTo(200);
        assertThat(broker.chat("openai/m", "\"stream\":true").statusCode()).isEqualTo(200);
        for (String kind : new String[] {"anthropic", "google", "ollama"}) {
            broker.chat(kind + "/m"); // the stub answers in OpenAI's shape: a failure has to be forgotten too
        }
    }

    /** Camel contexts, one for each generation, that are left by a collection, as the JVM's histogram counts them. */
    private static long contexts() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(row -> row.length > 3 && row[3].equals("org.apache.camel.impl.DefaultCamelContext"))
                .mapToLong(row -> Long.parseLong(row[1]))
                .findFirst()
                .orElse(0);
    }
}
