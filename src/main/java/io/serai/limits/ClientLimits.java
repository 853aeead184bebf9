package io.serai.limits;

import io.serai.call.Patience;
import io.serai.config.Settings;

/** Where it is kept what each client has used of its limits. */
public interface ClientLimits {
    /**
     * Takes all of it or nothing, see {@link ClientAnswer}.
     *
     * @param client of {@link ClientBuckets#ofAddress} or {@link ClientBuckets#ofKey}
     * @param patience how long this may wait
     */
    ClientAnswer take(String client, Settings.PerMinute limits, Metered what, long amount, Patience patience);

    /**
     * Takes so much more, also where it is not there; below 0 gives back. Waits for nothing.
     *
     * @param taken the answer that this corrects
     */
    void correct(String client, Settings.PerMinute limits, Metered what, long by, ClientAnswer taken);
}
