package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.context.Length;
import io.serai.context.Tokens;
import java.util.function.Supplier;

/** The input of an attempt that goes out as the client wrote it. */
record Counting(Length length, Supplier<Tokens> model) implements Attempt.Counter {
    @Override
    public long counted() {
        return length.in(model.get());
    }

    @Override
    public long guessed() {
        return length.guess();
    }
}
