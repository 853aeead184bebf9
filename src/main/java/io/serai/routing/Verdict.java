package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.UpstreamFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the client is told when nothing replied: the class of the first failure, not of the last, which is often noise. */
final class Verdict {
    private @Nullable UpstreamFailure primary;
    private @Nullable Duration soonest;

    void failed(UpstreamFailure failure) {
        if (primary == null || ofKey(primary) && !ofKey(failure)) {
            primary = failure;
        }
    }

    /** What another heard of its branch counts as heard here, after what this one knows already. */
    void heard(Verdict branch) {
        if (branch.primary != null) {
            failed(branch.primary);
        }
        mayReturnIn(branch.soonest);
    }

    /** The failure is made good, so it is not what the client has to hear. */
    void mended(UpstreamFailure failure) {
        if (primary == failure) {
            primary = null;
        }
    }

    /** A candidate was passed over because it rests. */
    void rests(Health.Pause pause) {
        mayReturnIn(pause.left());
        if (primary == null || isDisabled(primary)) {
            primary = new UpstreamFailure.NotTried(pause.reason(), pause.left());
        }
    }

    /** A candidate was passed over because somebody has switched it off: of little news, where another is only busy. */
    void isOff() {
        if (primary == null) {
            primary = new UpstreamFailure.NotTried(Disabled.REASON, null);
        }
    }

    /** After such a time one of them may be had again; the shortest counts. Null: nobody knows. */
    void mayReturnIn(@Nullable Duration wait) {
        if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
            soonest = wait;
        }
    }

    ApiError error() {
        return WalkErrors.of(
                primary == null ? new UpstreamFailure.NotTried("no_candidate", soonest) : primary, soonest);
    }

    /** Says something of one key only: told to the client when every key failed so. */
    private static boolean ofKey(UpstreamFailure failure) {
        return failure instanceof UpstreamFailure.NotTried
                || failure instanceof UpstreamFailure.CredentialsBad
                || failure instanceof UpstreamFailure.QuotaUsedUp;
    }

    private static boolean isDisabled(UpstreamFailure failure) {
        return failure instanceof UpstreamFailure.NotTried skipped
                && skipped.reason().equals(Disabled.REASON);
    }
}
