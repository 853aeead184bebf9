package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Call;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/**
 * The questions that Serai's own routes ask of a call, by name: {@code - ref: streamed}. Simple could ask them too ({@code
 * ${exchangeProperty.call.streaming}}) and an operator's routes do; it looks the methods up anew each time, which took a third
 * of a request's processor time.
 */
public final class RouteLanguage {
    private RouteLanguage() {}

    /** Every question, by the name that routes use. */
    public static Map<String, Object> names() {
        return Map.of(
                "toProvider", kind(ModelPath.Kind.PROVIDER),
                "toRotation", kind(ModelPath.Kind.ROTATION),
                "toAutoselect", kind(ModelPath.Kind.AUTOSELECT),
                "streamed", (Predicate) e -> Call.of(e).streaming(),
                "anotherAttempt", (Predicate) e -> Call.of(e).getWalk() instanceof Walk walk && walk.isMore(),
                "theInstance", theInstance());
    }

    private static Predicate kind(ModelPath.Kind kind) {
        return e -> Call.of(e).getPath() instanceof ModelPath path && path.kind() == kind;
    }

    /** The endpoint of the route that the attempt is for: one of the loaded instances, never made of a client's text. */
    private static Expression theInstance() {
        Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                CamelContext context = exchange.getContext();
                return endpoints.computeIfAbsent(
                        Attempt.of(exchange).getRoute(), route -> context.getEndpoint("direct:" + route));
            }
        };
    }
}
