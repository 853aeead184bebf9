package io.serai.server;

import io.serai.autoselect.AutoselectSteps;
import io.serai.call.Instance;
import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigProblem;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.door.AwaitLosers;
import io.serai.door.ShowHealth;
import io.serai.ledger.Books;
import io.serai.models.ModelTable;
import io.serai.ops.RefreshModelLists;
import io.serai.provider.ProviderHttpClient;
import io.serai.provider.UpstreamUrl;
import io.serai.routing.Instances;
import io.serai.routing.Pools;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a generation out of the files: reads the configuration, loads the routes, instantiates a provider route for each key,
 * and starts all of it beside whatever else is running.
 */
final class GenerationLoader {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationLoader.class);
    private static final String TEMPLATE = "provider-";
    /** How exactly a window of embeddings ends. */
    private static final int BATCH_TICK_MS = 10;
    /** Where no window ever opens. */
    private static final int IDLE_BATCH_TICK_MS = 3_600_000;

    private final Runtime runtime;
    private final ShowHealth.BrokerState state;
    private final @Nullable Discovery discovery;

    /** @param discovery hears of providers that are found; null: none are looked for */
    GenerationLoader(Runtime runtime, ShowHealth.BrokerState state, @Nullable Discovery discovery) {
        this.runtime = runtime;
        this.state = state;
        this.discovery = discovery;
    }

    /**
     * @param routes the operator's route files; null: only those in the jar
     * @param what is to stay stopped
     * @throws ConfigException with everything that is wrong; nothing is left running then
     */
    Generation load(long number, ConfigSource source, @Nullable Path routes, Generation.Stopped stopped)
            throws ConfigException {
        return start(number, new ConfigLoader().load(source), routes, stopped);
    }

    private Generation start(long number, Snapshot snapshot, @Nullable Path routes, Generation.Stopped stopped)
            throws ConfigException {
        Main main = main(number, snapshot);
        List<ConfigProblem> problems = new ArrayList<>();
        try {
            Router router = Router.router(runtime.vertx());
            DoorSteps doors = new DoorSteps(main, runtime);
            doors.bind(snapshot.settings(), router, snapshot.catalogue().version());
            ModelTable models = new ModelTable(snapshot, runtime.models());
            new ProviderKinds(main, runtime).bind(snapshot.settings(), models);
            AwaitLosers losers = new AwaitLosers(snapshot.settings().hedging().grace());
            main.bind("outlasted", losers.needed());
            main.bind("awaitLosers", (Processor) losers::await);
            bindProbe(main, snapshot);
            main.init();
            CamelContext context = main.getCamelContext();
            if (snapshot.settings().metrics().routes()) {
                runtime.meters().timeRoutes(context);
            }
            new RouteFiles(context, problems).load(routes);
            stillProbe(context, snapshot);
            if (!runtime.books().areKept()) {
                leaveOutLedger((ModelCamelContext) context);
            }
            Instances instances = new Instances(snapshot, kinds(context));
            Pools pools = doors.bindConfigured(snapshot, instances, models, state);
            pools.routes().forEach(route -> instantiate(main, pools.template(route), route, stopped));
            Set<String> choosing = snapshot.autoselects().keySet().stream()
                    .map(name -> AutoselectSteps.ROUTE + name)
                    .collect(Collectors.toSet());
            choosing.forEach(route -> instantiate(main, "autoselect", route, stopped));
            choosing.addAll(pools.routes());
            RefreshModelLists lists = bindModelLists(main, snapshot.settings(), instances);
            for (Instance instance : instances.all()) {
                instantiate(main, snapshot.settings(), instance, stopped);
            }
            warnOfUnspoken(snapshot, instances);
            if (problems.isEmpty()) {
                main.start();
                return new Generation(number, snapshot, instances, Set.copyOf(choosing), main, router, lists, losers);
            }
        } catch (Exception | LinkageError e) {
            LOG.debug("Generation {} does not start", number, e);
            CamelContext context = main.getCamelContext();
            problems.add(context == null ? RouteProblems.of("routes", e) : RouteProblems.of(context, e));
        }
        discard(main);
        throw new ConfigException(problems);
    }

    private static void discard(Main main) {
        try {
            main.shutdown();
        } catch (Exception e) {
            LOG.debug("A generation that did not start did not stop cleanly either", e);
        }
    }

    private Main main(long number, Snapshot snapshot) {
        Main main = new Main();
        // Camel's usual one has the JVM hold on to every generation until it exits, by a hook for signals
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport made) {
                CamelContext context = made.getCamelContext();
                context.getCamelContextExtension().setManagementMBeanAssembler(new SharedDescriptions(context));
            }
        });
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure()
                .withName("serai-" + number)
                .withRoutesIncludePattern("false")
                .withAutoConfigurationEnvironmentVariablesEnabled(false)
                .withAutoConfigurationSystemPropertiesEnabled(false)
                .withAutoConfigurationLogSummary(false)
                .withStreamCachingEnabled(false)
                .withShutdownTimeout(10)
                .withShutdownLogInflightExchangesOnTimeout(false);
        Properties properties = new Properties();
        properties.setProperty("camel.component.direct.block", "false");
        // each step's own clock costs a tenth of a request; "Default" in application.properties brings them back
        properties.setProperty("camel.main.jmx-management-statistics-level", "RoutesOnly");
        properties.setProperty("camel.component.platform-http.header-filter-strategy", "#bean:closedHeaders");
        for (String scheme : List.of("http", "https")) {
            properties.setProperty(
                    "camel.component." + scheme + ".client-connection-manager", "#bean:upstreamConnections");
            properties.setProperty("camel.component." + scheme + ".cookie-management-disabled", "true");
        }
        Duration tick = RefreshModelLists.tick(snapshot.settings().models().refresh());
        properties.setProperty("model-lists-tick", String.valueOf(tick.toMillis()));
        Settings.Ledger ledger = snapshot.settings().ledger();
        properties.setProperty(
                "ledger-interval", String.valueOf(ledger.interval().toMillis()));
        properties.setProperty("ledger-upkeep", String.valueOf(ledger.upkeep().toMillis()));
        properties.setProperty(
                "cache-upkeep",
                String.valueOf(snapshot.settings().cache().upkeep().toMillis()));
        properties.setProperty(
                "cache-folder", runtime.caches().folder(snapshot.settings()).toString());
        properties.putAll(probe(snapshot));
        properties.setProperty(
                "batch-tick",
                String.valueOf(snapshot.settings().batching().any() ? BATCH_TICK_MS : IDLE_BATCH_TICK_MS));
        properties.putAll(snapshot.camel());
        main.setInitialProperties(properties);
        return main;
    }

    /** Without a ledger there is no database for its routes to name; an operator's own in their place stay. */
    private static void leaveOutLedger(ModelCamelContext context) throws Exception {
        for (RouteDefinition route : List.copyOf(context.getRouteDefinitions())) {
            if (Books.ROUTES.contains(route.getRouteId())) {
                context.removeRouteDefinition(route);
            }
        }
    }

    /** Where nothing is looked for, the probe's route stands still; one that an operator has left out is not missed. */
    private void stillProbe(CamelContext context, Snapshot snapshot) {
        boolean sought = snapshot.awaited().containsKey(Discovery.OLLAMA)
                && snapshot.settings().ollamaProbe().isPositive();
        RouteDefinition route = ((ModelCamelContext) context).getRouteDefinition("ops-find-" + Discovery.OLLAMA);
        if (route != null && (discovery == null || !sought)) {
            route.setAutoStartup("false");
        }
    }

    /** What the probe's route is told. */
    private Map<String, String> probe(Snapshot snapshot) {
        Provider sought = snapshot.awaited().get(Discovery.OLLAMA);
        long period = snapshot.settings().ollamaProbe().toMillis();
        return Map.of(
                "find-ollama.period",
                Long.toString(Math.max(1, period)),
                "find-ollama.endpoint",
                sought == null ? "http://127.0.0.1" : sought.endpoint());
    }

    private void bindProbe(Main main, Snapshot snapshot) {
        Provider sought = snapshot.awaited().get(Discovery.OLLAMA);
        HttpClientConfigurer client =
                sought == null ? builder -> {} : ProviderHttpClient.forProbes(Instance.of(sought, 0, null));
        main.bind("client-find-" + Discovery.OLLAMA, client);
        main.bind("noteOllama", (Processor) exchange -> {
            if (discovery != null) {
                discovery.note(exchange);
            }
        });
    }

    private RefreshModelLists bindModelLists(Main main, Settings settings, Instances instances) {
        Duration every = runtime.serving() ? settings.models().refresh() : Duration.ZERO;
        RefreshModelLists lists = new RefreshModelLists(
                runtime.models(),
                runtime.modelFile(),
                instances,
                runtime.health(),
                runtime.disabled(),
                every,
                settings.cache(),
                runtime.json(),
                runtime.timers());
        main.bind("nameModelList", (Processor) lists::name);
        main.bind("recallModels", (Processor) lists::recall);
        main.bind("shareModels", (Processor) lists::share);
        main.bind("dueModelLists", (Processor) lists::due);
        main.bind("askForModels", (Processor) lists::ask);
        main.bind("readModels", (Processor) lists::read);
        main.bind("noteNoModels", (Processor) lists::failed);
        main.bind("keepModels", (Processor) lists::keep);
        lists.names().forEach(main::bind);
        return lists;
    }

    /** The kinds that there is a template for. */
    private static Set<String> kinds(CamelContext context) {
        Set<String> kinds = new TreeSet<>();
        ((ModelCamelContext) context).getRouteTemplateDefinitions().forEach(t -> {
            if (t.getId().startsWith(TEMPLATE)) {
                kinds.add(t.getId().substring(TEMPLATE.length()));
            }
        });
        return kinds;
    }

    private void instantiate(Main main, Settings settings, Instance instance, Generation.Stopped stopped) {
        main.bind("breaker-" + instance.id(), runtime.health().breaker(instance, settings.breaker()));
        main.bind("client-" + instance.id(), new ProviderHttpClient(instance, settings.upstream()));
        CamelContext context = main.getCamelContext();
        TemplatedRouteBuilder.builder(context, TEMPLATE + instance.provider().type())
                .routeId(instance.routeId())
                .prefixId(instance.id() + "-")
                .parameter("instance", instance.id())
                .parameter("url", UpstreamUrl.of(instance.provider()))
                .add();
        if (RefreshModelLists.asks(instance.provider())) {
            TemplatedRouteBuilder.builder(context, "model-list")
                    .routeId(RefreshModelLists.routeId(instance))
                    .prefixId(instance.id() + "-models-")
                    .parameter("instance", instance.id())
                    .parameter("url", instance.provider().endpoint())
                    .add();
        }
        if (stopped.contains(instance)) {
            keepStopped(context, instance.routeId());
        }
    }

    private static void keepStopped(CamelContext context, String route) {
        RouteDefinition definition = ((ModelCamelContext) context).getRouteDefinition(route);
        definition.setAutoStartup("false");
    }

    private static void instantiate(Main main, String template, String pool, Generation.Stopped stopped) {
        TemplatedRouteBuilder.builder(main.getCamelContext(), template)
                .routeId(pool)
                .prefixId(pool + "-")
                .parameter("name", pool)
                .add();
        if (stopped.pools().contains(pool)) {
            keepStopped(main.getCamelContext(), pool);
        }
    }

    private static void warnOfUnspoken(Snapshot snapshot, Instances instances) {
        snapshot.providers().values().stream()
                .filter(p -> !instances.providers().contains(p.id()))
                .forEach(p -> LOG.warn(
                        "The provider '{}' is left out: this version has no adapter for the type '{}'",
                        p.id(),
                        p.type()));
    }
}
