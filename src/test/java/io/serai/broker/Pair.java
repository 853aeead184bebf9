package io.serai.broker;

import io.serai.config.ConfigException;
import io.serai.server.StartFailedException;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;

/**
 * Two stub vendors behind one name of the catalogue: {@code pair} is {@code first/m1}, then {@code second/m2}. No time is
 * spent on waits between attempts unless the test sets {@code serai.retry.max-wait}.
 */
final class Pair implements AutoCloseable {
    final StubUpstream first = new StubUpstream();
    final StubUpstream second = new StubUpstream();
    final TestBroker broker;

    /** @param settings names and values in turn */
    Pair(String... settings) throws IOException, ConfigException, StartFailedException {
        TestBroker.Setup setup = TestBroker.with()
                .provider("first", first, "timeouts: {connect: 5, first_event: 5, idle: 5, total: 40}")
                .provider("second", second)
                .set("serai.retry.max-wait", "0")
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          pair:
                            backends:
                              - {provider: first, model_id: m1, priority: 1, free: true}
                              - {provider: second, model_id: m2, priority: 2, free: true}
                        """);
        for (int i = 0; i < settings.length; i += 2) {
            setup.set(settings[i], settings[i + 1]);
        }
        broker = setup.start();
    }

    HttpResponse<String> chat(String... more) throws IOException, InterruptedException {
        return broker.chat("pair", more);
    }

    @Override
    public void close() throws IOException {
        try (first;
                second) {
            broker.close();
        }
    }
}
