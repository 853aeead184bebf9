package io.serai.matrix;

import io.serai.broker.TestBroker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Function;

/** A broker with a provider of every kind, all of them at one stub, which refuses what a vendor would. */
final class Vendors implements AutoCloseable {
    private final StubUpstream stub = new StubUpstream();
    private final TestBroker broker;
    private volatile Script answer = Scripts.stall();

    private Vendors(Function<TestBroker.Setup, TestBroker.Setup> more) throws Exception {
        TestBroker.Setup setup = more.apply(TestBroker.with());
        for (Kind kind : Kinds.ALL) {
            String endpoint = stub.origin() + "/" + kind.name() + kind.endpoint();
            setup.provider(kind.type(), kind.name(), endpoint, kind.more().toArray(String[]::new));
        }
        broker = setup.start();
        stub.on(this::vendor);
    }

    static Vendors start() throws Exception {
        return new Vendors(setup -> setup);
    }

    /** With so many failures to come that no breaker must mind, and each to be seen at once. */
    static Vendors startForFailures() throws Exception {
        return new Vendors(setup -> setup.set("serai.retry.attempts", "1")
                .set("serai.breaker.window", "100000")
                .set("serai.breaker.minimum", "100000"));
    }

    private Script vendor(RecordedRequest request) {
        for (Kind kind : Kinds.ALL) {
            if (kind.chat(request)) {
                return kind.rules().apply(request).orElse(answer);
            }
        }
        return Scripts.status(404, "{}");
    }

    /** What every vendor answers from here on, to a request that it takes. */
    void answer(Script script) {
        answer = script;
    }

    HttpResponse<String> chat(String body) throws Exception {
        return broker.post("/v1/chat/completions", body);
    }

    /** The chats that the kind's vendor has got, in the order of arrival. */
    List<RecordedRequest> chats(Kind kind) {
        return stub.requests().stream().filter(kind::chat).toList();
    }

    @Override
    public void close() throws Exception {
        broker.close();
        stub.close();
    }
}
