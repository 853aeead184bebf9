package io.serai.server;

import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;

/** Takes out of a file what the operator has put another in place of. */
final class LeaveOut implements RouteBuilderLifecycleStrategy {
    private final Set<String> ids;

    LeaveOut(Set<String> ids) {
        this.ids = ids;
    }

    @Override
    public void afterConfigure(RouteBuilder builder) {
        builder.getRouteCollection().getRoutes().removeIf(r -> r.getRouteId() != null && ids.contains(r.getRouteId()));
        builder.getRouteTemplateCollection().getRouteTemplates().removeIf(t -> ids.contains(t.getId()));
    }
}
