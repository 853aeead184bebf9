package io.serai.metrics;

import io.serai.call.CallRecord;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A step of the ledger's tap: counts the record in the body, with the names of one configuration. */
public final class CountRequest implements Processor {
    private final Meters meters;
    private final KnownNames names;

    public CountRequest(Meters meters, KnownNames names) {
        this.meters = meters;
        this.names = names;
    }

    @Override
    public void process(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof CallRecord record) {
            meters.count(record, names);
        }
    }
}
