package io.serai.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import java.util.function.Function;
import org.apache.camel.Exchange;

/** The last step of {@code /v1/condense}. */
public final class ShowCondensed {
    private final Function<Exchange, ObjectNode> answer;

    /** @param answer of an exchange whose conversation was condensed */
    public ShowCondensed(Function<Exchange, ObjectNode> answer) {
        this.answer = answer;
    }

    public void answer(Exchange exchange) {
        Answers.send(Call.of(exchange), answer.apply(exchange));
    }
}
