package io.serai.server;

import io.serai.call.Instance;
import io.serai.config.Snapshot;
import io.serai.door.AwaitLosers;
import io.serai.ops.RefreshModelLists;
import io.serai.routing.Instances;
import io.vertx.ext.web.Router;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.timer.TimerConsumer;
import org.apache.camel.main.Main;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configuration with every route of it, running. Requests enter and leave; once it is {@link #retire retired} nothing
 * enters any more, and it stops itself when the last one has left.
 */
final class Generation {
    private static final Logger LOG = LoggerFactory.getLogger(Generation.class);
    /** Set in the count when nothing may enter any more. */
    private static final int RETIRED = 1 << 30;
    /** Longest wait for the records of answers that are out. */
    private static final long RECORDS_MS = 500;

    private final long number;
    private final Snapshot snapshot;
    private final Instances instances;
    private final Set<String> pools;
    private final Main main;
    private final Router router;
    private final RefreshModelLists background;
    private final AwaitLosers losers;
    private final AtomicInteger inside = new AtomicInteger();
    private Runnable gone = () -> {};
    private boolean stopped;

    /**
     * @param pools the routes of rotations, of {@code auto*} and of autoselects
     * @param background what goes on in it beside requests, and ends before they do
     * @param losers what goes on behind answers, and ends with it
     */
    Generation(
            long number,
            Snapshot snapshot,
            Instances instances,
            Set<String> pools,
            Main main,
            Router router,
            RefreshModelLists background,
            AwaitLosers losers) {
        this.number = number;
        this.snapshot = snapshot;
        this.instances = instances;
        this.pools = pools;
        this.main = main;
        this.router = router;
        this.background = background;
        this.losers = losers;
    }

    long number() {
        return number;
    }

    Snapshot snapshot() {
        return snapshot;
    }

    Instances instances() {
        return instances;
    }

    Router router() {
        return router;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    /** False when this generation has been replaced: ask for the current one again. */
    boolean enter() {
        int now = inside.getAndUpdate(n -> n >= RETIRED ? n : n + 1);
        return now < RETIRED;
    }

    /** A request's answer is out, or its client gone. */
    void leave() {
        if (inside.decrementAndGet() == RETIRED) {
            stopSoon();
        }
    }

    int inside() {
        return inside.get() & ~RETIRED;
    }

    /**
     * Lets nothing in any more; stops when the last request has left.
     *
     * @param afterwards runs once it has stopped
     */
    void retire(Runnable afterwards) {
        gone = afterwards;
        background.close();
        if (inside.getAndUpdate(n -> n >= RETIRED ? n : n + RETIRED) == 0) {
            stopSoon();
        }
    }

    private void stopSoon() {
        Thread.ofPlatform().name("serai-retire-" + number).daemon().start(this::stop);
    }

    /** Stops it and waits for nothing that still runs. */
    void cut() {
        context().getShutdownStrategy().setTimeout(1); // seconds
        stop();
    }

    /** Stops it now, whatever still runs. */
    synchronized void stop() {
        if (!stopped) {
            stopped = true;
            background.close();
            awaitRecords();
            silenceTimers();
            try {
                main.stop();
            } catch (Exception e) {
                LOG.warn("Generation {} did not stop cleanly", number, e);
            }
            LOG.debug("Generation {} is gone", number);
            gone.run();
        }
    }

    /** One that fires while its route is being stopped would be told so, with a stack trace in the log. */
    private void silenceTimers() {
        for (Route route : context().getRoutes()) {
            if (route.getConsumer() instanceof TimerConsumer timer) {
                ServiceHelper.suspendService(timer);
            }
        }
    }

    /**
     * An answer that is out still has to be put on record, by a tap that needs its route: Camel counts an exchange as gone
     * when its route has ended, which is before that. Who lost a race is waited for no longer.
     */
    void awaitRecords() {
        losers.noLonger();
        long deadline = System.nanoTime() + RECORDS_MS * 1_000_000;
        try {
            while (context().getInflightRepository().size() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What someone has stopped by hand, and stays stopped in the next generation. */
    Stopped stoppedByHand() {
        Set<String> keys = new HashSet<>();
        Set<String> providers = new HashSet<>();
        for (String provider : instances.providers()) {
            List<Instance> all = instances.of(provider);
            List<Instance> stopped = all.stream().filter(this::isStopped).toList();
            stopped.forEach(i -> keys.add(i.identity()));
            if (stopped.size() == all.size()) {
                providers.add(provider);
            }
        }
        Set<String> pools = new HashSet<>(this.pools);
        pools.removeIf(route -> !isStopped(route));
        return new Stopped(keys, providers, pools);
    }

    /** Stops what was stopped elsewhere. */
    void keepStopped(Stopped stopped) {
        for (String provider : instances.providers()) {
            for (Instance instance : instances.of(provider)) {
                if (stopped.contains(instance)) {
                    keepStopped(instance.routeId());
                }
            }
        }
        pools.stream().filter(stopped.pools()::contains).forEach(this::keepStopped);
    }

    private void keepStopped(String route) {
        if (!isStopped(route)) {
            try {
                context().getRouteController().stopRoute(route);
            } catch (Exception e) {
                LOG.warn("{} could not be stopped again", route, e);
            }
        }
    }

    private boolean isStopped(Instance instance) {
        return isStopped(instance.routeId());
    }

    private boolean isStopped(String route) {
        ServiceStatus status = context().getRouteController().getRouteStatus(route);
        return status != null && !status.isStarted() && !status.isStarting();
    }

    /**
     * Providers out of service by an operator's hand. Keys go by identity, for a changed file may renumber them; a provider
     * that was stopped whole stays so under a new key too. A rotation goes by its route.
     */
    record Stopped(Set<String> identities, Set<String> providers, Set<String> pools) {
        static final Stopped NONE = new Stopped(Set.of(), Set.of(), Set.of());

        boolean contains(Instance instance) {
            return identities.contains(instance.identity())
                    || providers.contains(instance.provider().id());
        }
    }
}
