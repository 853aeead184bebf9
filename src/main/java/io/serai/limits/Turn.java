package io.serai.limits;

/** What a place in the line is told. */
public sealed interface Turn {
    /** The call may go out now, and must be told about. */
    record Go(Grant grant) implements Turn {}

    /** Ask again after so long; sooner is of no use. */
    record Later(long nanos) implements Turn {}

    /** Its turn would come only after its deadline: the place is gone. A new one would have to wait so long. */
    record TooLate(long nanos) implements Turn {}
}
