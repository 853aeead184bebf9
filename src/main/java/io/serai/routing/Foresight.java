package io.serai.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;

/** Says what an autoselect would pick, without asking a model and without remembering anything. */
@FunctionalInterface
public interface Foresight {
    /** @param autoselect one that there is */
    Foreseen of(Call call, String autoselect);

    /**
     * @param model the model path that the call would be sent to
     * @param account how it came to that, for people: {@code {name, picked, by, ...}} and {@code scores}
     */
    record Foreseen(String model, ObjectNode account) {}
}
