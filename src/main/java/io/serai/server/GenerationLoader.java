package io.serai.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigProblem;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.dialect.CompletionSteps;
import io.serai.door.CompleteCall;
import io.serai.door.Cors;
import io.serai.door.ErrorBody;
import io.serai.door.KeyCheck;
import io.serai.door.LegacyLists;
import io.serai.door.ListModels;
import io.serai.door.OpenCall;
import io.serai.door.ReadBody;
import io.serai.door.ReadMedia;
import io.serai.door.ReadUpload;
import io.serai.door.RenderError;
import io.serai.door.Respond;
import io.serai.door.RewriteContent;
import io.serai.door.ServeContent;
import io.serai.door.ShowHealth;
import io.serai.door.ShowRoot;
import io.serai.json.BodyReader;
import io.serai.ledger.LogCall;
import io.serai.models.ModelTable;
import io.serai.ops.JolokiaDoor;
import io.serai.ops.RefreshModelLists;
import io.serai.provider.Adapters;
import io.serai.provider.HttpStreams;
import io.serai.provider.OpenStream;
import io.serai.provider.ProviderHttpClient;
import io.serai.provider.ProviderSteps;
import io.serai.provider.UpstreamUrl;
import io.serai.provider.anthropic.AnthropicAdapter;
import io.serai.provider.google.GoogleAdapter;
import io.serai.provider.google.GoogleEmbeddings;
import io.serai.provider.local.Echo;
import io.serai.provider.ollama.OllamaAdapter;
import io.serai.provider.ollama.OllamaEmbeddings;
import io.serai.provider.openai.OpenAiAdapter;
import io.serai.provider.openai.OpenAiEmbeddings;
import io.serai.provider.openai.OpenAiImages;
import io.serai.provider.openai.OpenAiSpeech;
import io.serai.provider.openai.OpenAiTranscripts;
import io.serai.routing.Directory;
import io.serai.routing.Groups;
import io.serai.routing.Instances;
import io.serai.routing.LegacyPaths;
import io.serai.routing.RouteLanguage;
import io.serai.routing.WalkSteps;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.Main;
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
    /** Camel finds a router by a port; this one has no server, and so no port that means anything. */
    private static final int ROUTER_PORT = 1;

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
            bindDoors(main, snapshot.settings(), router);
            ModelTable models = new ModelTable(snapshot, runtime.models());
            bindProviders(main, snapshot.settings(), models);
            bindProbe(main, snapshot);
            main.init();
            CamelContext context = main.getCamelContext();
            new RouteFiles(context, problems).load(routes);
            stillProbe(context, snapshot);
            Instances instances = new Instances(snapshot, kinds(context));
            bindConfigured(main, snapshot, instances, models);
            RefreshModelLists lists = bindModelLists(main, snapshot.settings(), instances);
            for (Instance instance : instances.all()) {
                instantiate(main, snapshot.settings(), instance, stopped);
            }
            warnOfUnspoken(snapshot, instances);
            if (problems.isEmpty()) {
                main.start();
                return new Generation(number, snapshot, instances, main, router, lists);
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
        // Camel's usual one has the JVM hold on to every generation until it exits, by a hook for signals, which are
        // the
        // command's to heed
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
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
        properties.putAll(probe(snapshot));
        properties.putAll(snapshot.camel());
        main.setInitialProperties(properties);
        return main;
    }

    private void bindDoors(Main main, Settings settings, Router router) {
        ObjectMapper json = runtime.json();
        VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
        server.setBindPort(ROUTER_PORT);
        main.bind("platform-http-server", server);
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(ROUTER_PORT);
        main.bind(name, new PassiveRouter(runtime.vertx(), router, name));
        main.bind("vertx", runtime.vertx());
        main.bind("closedHeaders", new ClosedHeaders());
        main.bind("upstreamConnections", runtime.connections());
        ErrorBody errors = new ErrorBody(json, settings.routingHeaders());
        main.bind("openCall", new OpenCall(runtime.vertx(), new Cors(settings.corsOrigins())));
        KeyCheck keys = new KeyCheck(settings);
        step(main, "checkKey", keys::client);
        step(main, "checkAdmin", keys::admin);
        step(main, "greet", keys::greet);
        ReadBody body = new ReadBody(new BodyReader(json), runtime.bodies(), settings);
        step(main, "readChat", body::chat);
        ReadMedia media = new ReadMedia(body);
        step(main, "readEmbeddings", media::embeddings);
        step(main, "readSpeech", media::speech);
        step(main, "readImageGeneration", media::imageGeneration);
        ReadUpload uploads = new ReadUpload(json, runtime.uploads(), media, settings);
        step(main, "readTranscription", uploads::transcription);
        step(main, "readTranslation", uploads::translation);
        step(main, "readImageEdit", uploads::imageEdit);
        main.bind("rewriteContent", new RewriteContent(runtime.contents(), settings));
        main.bind("serveContent", new ServeContent(runtime.contentClient(), runtime.contents()));
        Respond reply = new Respond(json, settings, errors, runtime.health());
        step(main, "keepAlive", reply::keepAlive);
        step(main, "replyWhole", reply::plain);
        step(main, "replyStream", reply::stream);
        main.bind("renderError", new RenderError(errors, settings));
        main.bind("completeCall", new CompleteCall());
        main.bind("logCall", new LogCall());
        CompletionSteps completions = new CompletionSteps(json, settings);
        step(main, "speakCompletions", completions::speak);
        main.bind("severalPrompts", completions.several());
        main.bind("eachPrompt", completions.each());
        step(main, "beginPrompt", completions::begin);
        step(main, "endPrompt", completions::end);
        main.bind("joinPrompts", completions.join());
        WalkSteps walk = new WalkSteps();
        step(main, "nextAttempt", walk::next);
        step(main, "keepReply", walk::succeeded);
        step(main, "noteFailure", walk::failed);
        step(main, "settle", walk::settle);
        JolokiaDoor jolokia = new JolokiaDoor(runtime.jolokia(), json, runtime.bodies());
        step(main, "answerJolokia", jolokia::answer);
        RouteLanguage.names().forEach(main::bind);
    }

    private void bindProviders(Main main, Settings settings, ModelTable models) {
        OpenAiAdapter chat = new OpenAiAdapter(runtime.json(), settings);
        bindHttp(main, "openai", openAi(chat));
        bindHttp(main, "anthropic", Adapters.chat(new AnthropicAdapter(runtime.json(), settings, models)));
        bindHttp(main, "google", google(settings));
        step(main, "createGeminiCaches", runtime.cacheKeeper()::create);
        step(main, "renewGeminiCaches", runtime.cacheKeeper()::renew);
        step(main, "deleteGeminiCaches", runtime.cacheKeeper()::delete);
        bindHttp(main, "ollama", ollama(settings));
        Echo echo = new Echo(runtime.json(), runtime.vertx());
        Adapters local = Adapters.chat(chat);
        bindSteps(main, "local", local);
        main.bind("local-stream", new OpenStream(local, echo));
        main.bind("echo", echo);
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
        step(main, "noteOllama", exchange -> {
            if (discovery != null) {
                discovery.note(exchange);
            }
        });
    }

    private Adapters openAi(OpenAiAdapter chat) {
        OpenAiTranscripts transcripts = new OpenAiTranscripts(runtime.json());
        OpenAiImages images = new OpenAiImages(runtime.json());
        return new Adapters(Map.of(
                Operation.CHAT, chat,
                Operation.EMBEDDINGS, new OpenAiEmbeddings(runtime.json()),
                Operation.SPEECH, new OpenAiSpeech(runtime.json()),
                Operation.TRANSCRIPTION, transcripts,
                Operation.TRANSLATION, transcripts,
                Operation.IMAGE_GENERATION, images,
                Operation.IMAGE_EDIT, images));
    }

    private Adapters google(Settings settings) {
        return new Adapters(Map.of(
                Operation.CHAT, new GoogleAdapter(runtime.json(), settings, runtime.geminiCaches()),
                Operation.EMBEDDINGS, new GoogleEmbeddings(runtime.json(), settings)));
    }

    private Adapters ollama(Settings settings) {
        return new Adapters(Map.of(
                Operation.CHAT, new OllamaAdapter(runtime.json(), settings),
                Operation.EMBEDDINGS, new OllamaEmbeddings(runtime.json(), settings)));
    }

    private void bindHttp(Main main, String kind, Adapters adapters) {
        bindSteps(main, kind, adapters);
        main.bind(kind + "-stream", new OpenStream(adapters, new HttpStreams(runtime.vertx(), runtime.streams())));
    }

    private void bindSteps(Main main, String kind, Adapters adapters) {
        ProviderSteps steps = new ProviderSteps(adapters, runtime.timers());
        step(main, kind + "-prepare", steps::prepare);
        step(main, kind + "-classify", steps::classify);
        step(main, kind + "-read", steps::read);
    }

    /** A step that routes name; as a processor, for calling a bean's method by name costs several times as much. */
    private static void step(Main main, String name, Processor step) {
        main.bind(name, step);
    }

    private void bindConfigured(Main main, Snapshot snapshot, Instances instances, ModelTable models) {
        Groups groups = Groups.NONE;
        Directory directory = new Directory(snapshot, instances, groups, runtime.health(), models);
        step(main, "resolveModel", directory::resolve);
        step(main, "findProvider", directory::ofProvider);
        step(main, "findBackends", directory::ofCatalogue);
        step(main, "refuseUnknown", directory::refuseUnknown);
        Instant now = Instant.now();
        ListModels list = new ListModels(runtime.json(), snapshot, instances, models, now);
        step(main, "showModels", list::show);
        ShowHealth health = new ShowHealth(runtime.json(), instances, runtime.health(), models, state);
        step(main, "showHealth", health::show);
        ShowRoot root = new ShowRoot(runtime.json(), instances, groups, health);
        step(main, "showRoot", root::show);
        step(main, "showIcon", root::icon);
        LegacyPaths paths = new LegacyPaths(groups, instances);
        step(main, "legacyModel", paths::model);
        step(main, "helpLegacy", paths::help);
        LegacyLists lists = new LegacyLists(runtime.json(), groups, instances, list, paths, now);
        step(main, "listLegacyModels", lists::ofPath);
        step(main, "listRotations", lists::rotations);
        step(main, "listRotationModels", lists::rotationModels);
        step(main, "listAutoselects", lists::autoselects);
        step(main, "listAutoselectModels", lists::autoselectModels);
    }

    private RefreshModelLists bindModelLists(Main main, Settings settings, Instances instances) {
        Duration every = runtime.serving() ? settings.models().refresh() : Duration.ZERO;
        RefreshModelLists lists = new RefreshModelLists(
                runtime.models(),
                runtime.modelFile(),
                instances,
                runtime.health(),
                every,
                runtime.json(),
                runtime.timers());
        step(main, "dueModelLists", lists::due);
        step(main, "askForModels", lists::ask);
        step(main, "readModels", lists::read);
        step(main, "noteNoModels", lists::failed);
        step(main, "keepModels", lists::keep);
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
            RouteDefinition route = ((ModelCamelContext) context).getRouteDefinition(instance.routeId());
            route.setAutoStartup("false");
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
