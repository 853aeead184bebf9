package io.serai.server;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;

/**
 * Lets an operator's inner routes, like Serai's own, leave a failure to whoever called: one that says nothing of its errors
 * would otherwise log them with a stack at each request.
 */
final class FailToCaller implements RouteBuilderLifecycleStrategy {
    @Override
    public void afterConfigure(RouteBuilder builder) {
        for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
            boolean inner =
                    route.getInput() != null && route.getInput().getUri().startsWith("direct:");
            if (inner && route.getErrorHandler() == null && route.getErrorHandlerRef() == null) {
                route.errorHandler(new NoErrorHandlerDefinition());
            }
        }
    }
}
