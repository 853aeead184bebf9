package io.serai.routing;

import io.serai.call.Call;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;

/**
 * The load balancer of one rotation: on a call's first attempt it puts the candidates in the order of the rotation's strategy.
 * Its one child makes the attempt, whichever candidate that is; the loop around it comes again for the next.
 */
public final class RotationBalancer extends LoadBalancerSupport {
    private final Rotations rotations;
    private final String rotation;

    public RotationBalancer(Rotations rotations, String rotation) {
        this.rotations = rotations;
        this.rotation = rotation;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (Call.of(exchange).getWalk() instanceof Walk walk) {
            walk.order(() -> rotations.order(rotation, true));
        }
        List<AsyncProcessor> attempt = getProcessors();
        return attempt.get(0).process(exchange, callback);
    }
}
