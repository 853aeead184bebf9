package io.serai.condense;

import io.serai.call.Call;

/** Which models may read a conversation in order to condense it for another. */
@FunctionalInterface
public interface Readers {
    /** @param model path of the model that would sum up or prune */
    boolean mayRead(Call call, String model);
}
