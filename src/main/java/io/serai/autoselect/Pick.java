package io.serai.autoselect;

import io.serai.call.Call;
import io.serai.config.Autoselect;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One autoselect's work on one call. Belongs to the branch of the exchange that carries it. */
final class Pick {
    private static final String PROPERTY = "pick";

    /** How a model came to be picked. */
    enum By {
        /** What the conversation had before. */
        AFFINITY,
        /** The same words were read before. */
        CACHE,
        /** No other can serve the request. */
        ONLY_ONE,
        MEANING,
        MODEL,
        FALLBACK
    }

    final Call call;
    final Autoselect autoselect;
    final Reading reading;
    /** Those that can serve the request. */
    final List<Autoselect.Choice> candidates;

    @Nullable
    Ranking ranking;

    @Nullable
    String model;

    By by = By.FALLBACK;
    /** Why it was not decided so far, for the log. */
    String why = "nothing was asked";

    Pick(Call call, Autoselect autoselect, Reading reading, List<Autoselect.Choice> candidates) {
        this.call = call;
        this.autoselect = autoselect;
        this.reading = reading;
        this.candidates = candidates;
    }

    static Pick of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Pick.class);
    }

    void begin(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    boolean open() {
        return model == null && candidates.size() > 1;
    }

    void decide(String path, By how) {
        model = path;
        by = how;
    }
}
