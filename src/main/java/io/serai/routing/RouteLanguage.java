package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Call;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
                "toRotation", kind(ModelPath.Kind.ROTATION, ModelPath.Kind.AUTO),
                "toAutoselect", kind(ModelPath.Kind.AUTOSELECT),
                "streamed", (Predicate) e -> Call.of(e).streaming(),
                "anotherAttempt", (Predicate) RouteLanguage::isMore,
                "theInstance", endpoint(e -> Attempt.of(e).getRoute()),
                "theProvider", endpoint(e -> Attempt.of(e).target().instance().routeId()),
                "theRotation", endpoint(RouteLanguage::rotation));
    }

    private static boolean isMore(Exchange exchange) {
        Walk walk = Walk.of(exchange);
        return walk != null && walk.isMore();
    }

    private static Predicate kind(ModelPath.Kind... kinds) {
        Set<ModelPath.Kind> among = EnumSet.copyOf(List.of(kinds));
        return e -> Call.of(e).getPath() instanceof ModelPath path && among.contains(path.kind());
    }

    /** The route of the rotation that the call names; {@code findRotation} has made sure that there is one. */
    private static String rotation(Exchange exchange) {
        if (Call.of(exchange).getPath() instanceof ModelPath path) {
            return Directory.pool(path);
        }
        throw new IllegalStateException("dispatch resolves the model first");
    }

    /** The endpoint of a route: one of those that were loaded, its name never made of a client's text alone. */
    public static Expression endpoint(Function<Exchange, String> route) {
        Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                CamelContext context = exchange.getContext();
                return endpoints.computeIfAbsent(route.apply(exchange), name -> context.getEndpoint("direct:" + name));
            }
        };
    }
}
