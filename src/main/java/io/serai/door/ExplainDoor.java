package io.serai.door;

import io.serai.call.Call;
import io.serai.routing.Explain;
import org.apache.camel.Exchange;

/** The last step of {@code /v1/route/explain}. */
public final class ExplainDoor {
    private final Explain explain;

    public ExplainDoor(Explain explain) {
        this.explain = explain;
    }

    /** 404 for a model path that leads nowhere, 400 for a catalogue name that does not chat. */
    public void answer(Exchange exchange) {
        Call call = Call.of(exchange);
        Answers.send(call, explain.of(call));
    }
}
