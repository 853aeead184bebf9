package io.serai.classify;

import io.serai.call.Call;
import io.serai.call.Sensitivity;
import io.serai.config.Sensitive;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** The search of one call. Belongs to the branch of the exchange that carries it. */
final class Classifying {
    private static final String PROPERTY = "classifying";

    final Call call;
    /** What it is to be searched for. */
    final Set<Sensitive> due;

    final Window window;
    final Map<Sensitive, Sensitivity.Verdict> verdicts = new EnumMap<>(Sensitive.class);
    /** Once a detector has asked for them. */
    @Nullable
    Words words;

    Classifying(Call call, Set<Sensitive> due, Window window) {
        this.call = call;
        this.due = due;
        this.window = window;
    }

    static Classifying of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Classifying.class);
    }

    void begin(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    /** Whether there is any text to search. */
    boolean isEmpty() {
        return window.texts().stream().allMatch(String::isBlank);
    }
}
