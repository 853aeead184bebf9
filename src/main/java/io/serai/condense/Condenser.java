package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Measure;
import io.serai.context.Outline;
import java.util.List;

/** A way to make a conversation shorter. Implementations are pure: the same messages and the same aim make the same result. */
@FunctionalInterface
public interface Condenser {
    /**
     * What it is to come to.
     *
     * @param target tokens of all messages together
     */
    record Aim(long target, Measure measure) {}

    /**
     * The messages that are to go in the place of the conversation's: everything that is always kept is there as it was, and the
     * conversation's own messages are not changed.
     *
     * @throws CondenseException when it can't
     * @throws InterruptedException when the thread is interrupted
     */
    List<ObjectNode> condense(Outline conversation, Aim aim) throws CondenseException, InterruptedException;
}
