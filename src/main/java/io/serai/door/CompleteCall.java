package io.serai.door;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Said;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.models.ModelTable;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Ends the call when its answer is out or its client gone, and leaves the immutable record as the body for the ledger's tap.
 * May run on the event loop: blocks nothing.
 */
public final class CompleteCall implements Processor {
    private final ModelTable models;
    private final Settings.Texts texts;

    /** @param texts whether what was said goes with the record */
    public CompleteCall(ModelTable models, Settings.Texts texts) {
        this.models = models;
        this.texts = texts;
    }

    @Override
    public void process(Exchange exchange) {
        Call call = DoorRequest.call(exchange);
        noteSize(call == null ? null : call.served());
        CallRecord record = call == null ? null : call.complete();
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(record);
        exchange.removeProperties("*");
        if (call != null && record != null && texts.kept()) {
            exchange.setProperty(Said.PROPERTY, call.said());
        }
    }

    /** So many tokens the model takes, for it took them. */
    private void noteSize(@Nullable Attempt served) {
        Usage usage = served == null ? null : served.usage();
        if (served != null && usage != null && !usage.estimated()) {
            models.proved(served.target().provider(), served.target().model(), usage.input());
        }
    }
}
