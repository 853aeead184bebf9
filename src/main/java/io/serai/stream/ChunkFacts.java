package io.serai.stream;

import io.serai.call.Usage;
import org.jspecify.annotations.Nullable;

/** What the engine must know of one {@code chat.completion.chunk}; one object, reused from chunk to chunk. */
public final class ChunkFacts {
    /** Text, reasoning, a tool call, a refusal, or the end: something that a client could act on. */
    public boolean meaningful;

    /** A choice has a {@code finish_reason}. */
    public boolean finished;

    /** Where the member {@code usage} begins, null or not, counted from the chunk's first byte. */
    public int usageFrom;

    /** Past its value; 0 when there is none, or when the client may see it. */
    public int usageTo;

    /** {@code choices} is empty or absent. */
    public boolean noChoices;

    /** Characters of text, reasoning and arguments in it. */
    public int outputChars;

    /** What the provider says was used, up to here; null when the chunk does not say. */
    public @Nullable Usage usage;

    /** The model that the provider names. */
    public @Nullable String model;

    public void clear() {
        meaningful = false;
        finished = false;
        usageFrom = 0;
        usageTo = 0;
        noChoices = false;
        outputChars = 0;
        usage = null;
        model = null;
    }
}
