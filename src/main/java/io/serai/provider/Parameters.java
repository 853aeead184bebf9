package io.serai.provider;

import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;

/** What becomes of a parameter that a vendor can't do: changed and named ({@code adapt}), or refused ({@code strict}). */
public final class Parameters {
    private final Settings.Params mode;

    public Parameters(Settings settings) {
        this.mode = settings.params();
    }

    /**
     * Notes that the request goes out without the parameter, or with another value than the client's.
     *
     * @param name of the field as the client wrote it, such as {@code top_k} or {@code messages[].name}
     * @throws UpstreamException in strict mode: 400, {@code unsupported_parameter}
     */
    public void adapted(Attempt attempt, String name) throws UpstreamException {
        if (mode == Settings.Params.STRICT) {
            throw refused(attempt, name, "Leave it out, choose another model, or set serai.params=adapt.");
        }
        if (!attempt.adapted().contains(name)) {
            attempt.adapted().add(name);
        }
    }

    /**
     * A parameter that can't be left out without changing what the request means.
     *
     * @param advice what to do about it
     */
    public static UpstreamException refused(Attempt attempt, String name, String advice) {
        return new UpstreamException(new UpstreamFailure.Rejected(
                400,
                "The provider " + attempt.target().provider().id() + " does not take the parameter '" + name + "'. "
                        + advice,
                "invalid_request_error",
                "unsupported_parameter",
                name));
    }

    /** A value that no vendor could understand, such as tool arguments that are not JSON. */
    public static UpstreamException invalid(String name, String message) {
        return new UpstreamException(
                new UpstreamFailure.Rejected(400, message, "invalid_request_error", "invalid_value", name));
    }
}
