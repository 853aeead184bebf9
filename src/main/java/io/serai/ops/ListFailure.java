package io.serai.ops;

import com.fasterxml.jackson.core.JacksonException;
import io.serai.models.list.NoListException;

/** Names the class of a failed fetch, in the words of failed attempts; never the provider's own words, which may hold secrets. */
final class ListFailure {
    private ListFailure() {}

    static String of(Exception caught, ModelListFetch fetch) {
        if (fetch.timedOut()) {
            return "timed_out";
        }
        for (Throwable t = caught; t != null; t = t.getCause()) {
            if (t instanceof NoListException none) {
                return String.valueOf(none.getMessage());
            }
            if (t instanceof JacksonException) {
                return "broken_answer";
            }
        }
        return "unreachable";
    }

    /** @param status of an answer that is not 200 */
    static String of(int status) {
        return switch (status) {
            case 401, 403 -> "credentials_bad";
            case 404, 405 -> "no_list_there";
            case 429 -> "rate_limited";
            default -> status >= 500 ? "overloaded" : "status_" + status;
        };
    }
}
