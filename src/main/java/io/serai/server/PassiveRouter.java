package io.serai.server;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/** A router for Camel's platform-http without a server of Camel's behind it. */
final class PassiveRouter extends VertxPlatformHttpRouter {
    @SuppressWarnings("NullAway") // Camel takes no server for an answer where nobody asks for it
    PassiveRouter(Vertx vertx, Router delegate, String name) {
        super(null, vertx, delegate, name);
    }

    /** A path with a parameter in it comes last, however the files are called: {@code /api/models} is no {@code /api/{id}}. */
    @Override
    public Route route(String path) {
        Route route = super.route(path);
        return path.contains("/:") ? route.order(Integer.MAX_VALUE) : route;
    }

    /** For an operator's own doors: nothing is spooled to files. */
    @Override
    public Handler<RoutingContext> bodyHandler() {
        return BodyHandler.create(false);
    }
}
