package io.serai.routing;

import io.serai.call.Call;
import io.serai.call.Purpose;
import io.serai.config.Permits;
import io.serai.routing.Candidates.Known;
import java.util.List;

/**
 * An autoselect among the candidates. It reads the request when a walk has come to it and not before, for that takes time and
 * perhaps a model; what it picks is tried in its place.
 *
 * @param autoselect its name
 * @param permits what the rotation says of sensitive prompts: it counts for whatever is picked
 * @param among those that it may lead to and that can serve the call; never empty
 */
record Crossroads(String autoselect, Permits permits, List<Known> among) implements Waypoint, Selection.Found {
    /** The call as the autoselect is to see it, with a model path of its own. */
    Call reading(Call call) {
        Call reading = call.part(call.body(), Purpose.SELECTION);
        reading.weighs(Needs.of(call));
        reading.setModel("autoselect/" + autoselect);
        reading.resolved(ModelPath.parse(reading.model()));
        reading.vouch(permits.within(call.vouched()));
        return reading;
    }
}
