package io.serai.routing;

import io.serai.call.Call;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;

/**
 * The load balancer of one rotation: on a call's first attempt it puts the candidates in the order of the rotation's strategy,
 * and this call's turn is taken. Its one child makes the attempt, whichever candidate that is; the loop around it comes again
 * for the next.
 */
public final class RotationBalancer extends LoadBalancerSupport {
    private final Directory directory;
    private final String pool;

    /** @param pool the id of the rotation's route */
    public RotationBalancer(Directory directory, String pool) {
        this.directory = directory;
        this.pool = pool;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Walk walk = Walk.of(exchange);
        if (walk != null) {
            walk.order(() -> directory.select(pool, Call.of(exchange), true));
        }
        return getProcessors().get(0).process(exchange, callback);
    }
}
