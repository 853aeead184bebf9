package io.serai.call;

/** Carries an {@link UpstreamFailure} through a route; cheap, for failing over is normal traffic. */
public final class UpstreamException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient UpstreamFailure failure;

    public UpstreamException(UpstreamFailure failure) {
        super(failure.reason() + ": " + failure.message(), null, false, false);
        this.failure = failure;
    }

    public UpstreamFailure failure() {
        return failure;
    }
}
