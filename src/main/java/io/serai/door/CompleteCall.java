package io.serai.door;

import io.serai.call.Call;
import io.serai.call.CallRecord;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends the call when its answer is out or its client gone, and leaves the immutable record as the body for the ledger's tap.
 * May run on the event loop: blocks nothing.
 */
public final class CompleteCall implements Processor {
    @Override
    public void process(Exchange exchange) {
        Call call = exchange.getProperty(Call.PROPERTY, Call.class);
        CallRecord record = call == null ? null : call.complete();
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(record);
        exchange.removeProperties("*");
    }
}
