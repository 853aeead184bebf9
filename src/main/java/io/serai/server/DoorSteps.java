package io.serai.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.batch.BatchSteps;
import io.serai.batch.Batches;
import io.serai.cache.Caching;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.classify.Classification;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.dialect.CompletionSteps;
import io.serai.door.AnswerUsage;
import io.serai.door.CacheDoor;
import io.serai.door.CompleteCall;
import io.serai.door.Cors;
import io.serai.door.ErrorBody;
import io.serai.door.ExplainDoor;
import io.serai.door.KeyCheck;
import io.serai.door.LegacyLists;
import io.serai.door.LimitClient;
import io.serai.door.ListModels;
import io.serai.door.OpenCall;
import io.serai.door.RateLimitDoor;
import io.serai.door.ReadBody;
import io.serai.door.ReadMedia;
import io.serai.door.ReadUpload;
import io.serai.door.ReadUsageQuery;
import io.serai.door.RenderError;
import io.serai.door.Respond;
import io.serai.door.RewriteContent;
import io.serai.door.ServeContent;
import io.serai.door.ShowContexts;
import io.serai.door.ShowHealth;
import io.serai.door.ShowMetrics;
import io.serai.door.ShowRoot;
import io.serai.door.SwitchProvider;
import io.serai.json.BodyReader;
import io.serai.ledger.LogCall;
import io.serai.metrics.CountRequest;
import io.serai.metrics.KnownNames;
import io.serai.metrics.Levels;
import io.serai.models.ContextTable;
import io.serai.models.ModelTable;
import io.serai.ops.JolokiaDoor;
import io.serai.redis.RedisCache;
import io.serai.routing.Ability;
import io.serai.routing.Candidates;
import io.serai.routing.Directory;
import io.serai.routing.Explain;
import io.serai.routing.FailureReport;
import io.serai.routing.Foresight;
import io.serai.routing.Gate;
import io.serai.routing.Groups;
import io.serai.routing.Instances;
import io.serai.routing.LegacyPaths;
import io.serai.routing.Ordering;
import io.serai.routing.Pools;
import io.serai.routing.Reach;
import io.serai.routing.RotationBalancer;
import io.serai.routing.RouteLanguage;
import io.serai.routing.WalkSteps;
import io.serai.routing.Walks;
import io.serai.split.SplitSteps;
import io.vertx.ext.web.Router;
import java.time.Instant;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.Main;

/** Binds the steps of the doors, of the walk and of the ledger by the names that the routes call them by. */
final class DoorSteps {
    /** Camel finds a router by a port; this one has no server, and so no port that means anything. */
    private static final int ROUTER_PORT = 1;

    private final Main main;
    private final Runtime runtime;

    DoorSteps(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    /** The steps that need nothing but the settings, and the catalogue's version. */
    void bind(Settings settings, Router router, String catalogue) {
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
        OpenCall open = new OpenCall(
                runtime.vertx(),
                new Cors(settings.corsOrigins()),
                catalogue,
                settings.clients().trusted());
        step("openCall", exchange -> {
            open.process(exchange);
            Call call = Call.of(exchange);
            call.whenComplete(runtime.meters().came(call.caller().address()));
        });
        KeyCheck keys = new KeyCheck(settings);
        step("checkKey", keys::client);
        step("checkAdmin", keys::admin);
        step("greet", keys::greet);
        LimitClient limits = new LimitClient(runtime.clients(), runtime.tokenizers(), settings);
        step("limitRequests", limits::requests);
        step("limitTokens", limits::tokens);
        RedisCache shared =
                new RedisCache(runtime.redis(), json, settings.redis().timeout());
        step("redisCacheGet", shared::get);
        step("redisCachePut", shared::put);
        step("redisCacheClear", shared::clear);
        step("redisCacheSize", shared::size);
        step("redisCachePurge", shared::purge);
        ReadBody body = new ReadBody(new BodyReader(json), runtime.bodies(), settings);
        step("readChat", body::chat);
        ReadMedia media = new ReadMedia(body);
        step("readEmbeddings", media::embeddings);
        step("readSpeech", media::speech);
        step("readImageGeneration", media::imageGeneration);
        ReadUpload uploads = new ReadUpload(json, runtime.uploads(), media, settings);
        step("readTranscription", uploads::transcription);
        step("readTranslation", uploads::translation);
        step("readImageEdit", uploads::imageEdit);
        main.bind("rewriteContent", new RewriteContent(runtime.contents(), settings));
        main.bind("serveContent", new ServeContent(runtime.contentClient(), runtime.contents()));
        Respond reply = new Respond(json, settings, errors, runtime.health(), runtime.books());
        step("keepAlive", reply::keepAlive);
        step("replyWhole", reply::plain);
        step("replyStream", reply::stream);
        main.bind("renderError", new RenderError(errors, settings));
        main.bind("logCall", new LogCall());
        step("noteContext", runtime.contextUse()::note);
        step("keepContextUse", exchange -> runtime.contextUse().save());
        step(
                "keepRecord",
                exchange -> runtime.books().keep(exchange, settings.ledger().texts()));
        step("checkLedger", runtime.books()::check);
        runtime.books().steps(settings.ledger()).forEach(main::bind);
        main.bind("readUsageQuery", new ReadUsageQuery(runtime.books()));
        AnswerUsage usage = new AnswerUsage(json);
        step("answerUsage", usage::answer);
        step("noUsage", usage::away);
        CompletionSteps completions = new CompletionSteps(json, settings);
        step("speakCompletions", completions::speak);
        main.bind("severalPrompts", completions.several());
        main.bind("eachPrompt", completions.each());
        step("beginPrompt", completions::begin);
        step("endPrompt", completions::end);
        main.bind("joinPrompts", completions.join());
        WalkSteps walk = new WalkSteps();
        step("nextAttempt", walk::next);
        step("keepReply", walk::succeeded);
        step("noteFailure", walk::failed);
        step("settle", walk::settle);
        JolokiaDoor jolokia = new JolokiaDoor(runtime.jolokia(), json, runtime.bodies());
        step("answerJolokia", jolokia::answer);
        RouteLanguage.names().forEach(main::bind);
    }

    /** The steps that know what the configuration offers. Returns the pools, each of which wants a route of its own. */
    Pools bindConfigured(Snapshot snapshot, Instances instances, ModelTable models, ShowHealth.BrokerState state) {
        Groups groups = Groups.of(snapshot);
        runtime.rates().use(snapshot.settings().adaptiveRate());
        Candidates candidates = new Candidates(
                instances, runtime.health(), models, runtime.disabled(), runtime.tokenizers(), this::running);
        Pools pools = new Pools(snapshot, candidates);
        Ordering ordering = new Ordering(runtime::shares, runtime.latencies(), runtime.tokenizers());
        Batches batches = new Batches(snapshot.settings().batching(), runtime.savings(), runtime.tokenizers());
        bind(batches);
        Gate gate = new Gate(runtime.rates(), runtime.tokens(), System::nanoTime);
        Walks walks = new Walks(
                snapshot.settings(),
                runtime.health(),
                models,
                runtime.latencies(),
                gate,
                runtime.disabled(),
                batches,
                runtime.tokenizers());
        Directory directory = new Directory(snapshot, instances, groups, candidates, pools, ordering, walks);
        pools.routes().forEach(route -> main.bind("balancer-" + route, new RotationBalancer(directory, route)));
        new SideBySide(main, runtime).bind(snapshot, directory);
        Ability ability = new Ability(snapshot, candidates, pools);
        new Shortening(main, runtime).bind(snapshot, directory, ability);
        step("findRotation", directory::ofRotation);
        Classification classification = new Sensitivities(main, runtime).bind(snapshot);
        Foresight foresight = new Autoselecting(main, runtime).bind(snapshot, ability, directory, classification);
        FailureReport report = new FailureReport(
                runtime.json(),
                snapshot.rotations(),
                pools,
                runtime.health(),
                snapshot.settings().routingHeaders());
        main.bind("notifiesErrors", report.wanted());
        step("tellFailure", report::reply);
        Caching.names(snapshot, runtime.caches(), new Reach(snapshot, candidates, pools), instances, runtime.json())
                .forEach(main::bind);
        bindCacheDoor(snapshot.settings());
        Explain explain = new Explain(
                runtime.json(),
                directory,
                runtime.health(),
                runtime.disabled(),
                gate,
                this::running,
                runtime.extraSpend(),
                snapshot.settings().hedging().maxUsdPerHour(),
                snapshot.settings().classify().model(),
                snapshot.settings().retry().maxWait(),
                foresight);
        step("explainRoute", new ExplainDoor(explain)::answer);
        RateLimitDoor rates = new RateLimitDoor(runtime.json(), instances, runtime.rates(), runtime.tokens());
        step("showRateLimits", rates::show);
        step("resetRateLimits", rates::resetAll);
        step("resetRateLimit", rates::reset);
        step("resolveModel", directory::resolve);
        step("findProvider", directory::ofProvider);
        step("findBackends", directory::ofCatalogue);
        bindSplit(new SplitSteps(
                directory, snapshot.prompts(), snapshot.settings().split()));
        main.bind(
                "completeCall",
                new CompleteCall(models, snapshot.settings().ledger().texts()));
        main.bind("countRequest", new CountRequest(runtime.meters(), new KnownNames(snapshot)));
        ContextTable contexts = new ContextTable(snapshot.providers().values(), models, runtime.contextUse());
        step("showContexts", new ShowContexts(runtime.json(), contexts)::show);
        double budget = snapshot.settings().hedging().maxUsdPerHour().doubleValue();
        ShowMetrics metrics = new ShowMetrics(
                runtime.json(),
                runtime.meters(),
                () -> new Levels.Sight(
                        state.generation(),
                        state.configErrors().size(),
                        budget,
                        instances.all(),
                        runtime.health(),
                        runtime.disabled()));
        step("showMetrics", metrics::all);
        step("showAddresses", metrics::detailed);
        Instant now = Instant.now();
        ListModels list = new ListModels(runtime.json(), snapshot, instances, models, now);
        step("showModels", list::show);
        ShowHealth health = new ShowHealth(
                runtime.json(),
                instances,
                runtime.health(),
                models,
                runtime.disabled(),
                runtime.rates(),
                runtime.savings(),
                runtime.books(),
                runtime.redis(),
                state);
        step("showHealth", health::show);
        SwitchProvider switches =
                new SwitchProvider(runtime.json(), runtime.bodies(), instances, runtime.disabled(), health);
        step("disableProvider", switches::disable);
        step("enableProvider", switches::enable);
        ShowRoot root = new ShowRoot(runtime.json(), instances, groups, health);
        step("showRoot", root::show);
        step("showIcon", root::icon);
        LegacyPaths paths = new LegacyPaths(groups, instances);
        step("legacyModel", paths::model);
        step("helpLegacy", paths::help);
        LegacyLists lists = new LegacyLists(runtime.json(), groups, instances, list, paths, now);
        step("listLegacyModels", lists::ofPath);
        step("listRotations", lists::rotations);
        step("listRotationModels", lists::rotationModels);
        step("listAutoselects", lists::autoselects);
        step("listAutoselectModels", lists::autoselectModels);
        return pools;
    }

    private void bindSplit(SplitSteps split) {
        step("weighRequest", split::weigh);
        main.bind("tooLongForAll", split.tooLong());
        step("planSplit", split::plan);
        main.bind("partsToAsk", split.more());
        main.bind("eachPart", split.each());
        step("beginPart", split::begin);
        step("keepAnswer", split::keep);
        step("notePartFailure", split::fail);
        step("endPart", split::endPart);
        main.bind("gatherAnswers", split.gather());
        step("settleParts", split::settle);
        step("beginMerge", split::beginMerge);
        step("endSplit", split::end);
    }

    private void bind(Batches batches) {
        BatchSteps together = new BatchSteps(batches);
        together.names().forEach(main::bind);
        step("boardShared", together::board);
        step("alightShared", together::alight);
        step("awaitOthers", together::await);
        step("takeOff", together::takeOff);
        step("takeApart", together::takeApart);
    }

    private void bindCacheDoor(Settings settings) {
        CacheDoor door = new CacheDoor(
                runtime.json(),
                runtime.bodies(),
                runtime.caches(),
                settings.cache().keyPrefix());
        step("beginCacheRound", door::begin);
        step("readCacheScope", door::readScope);
        step("beginClear", door::beginClear);
        step("cacheScope", door::scope);
        step("noteCacheSize", door::noteSize);
        step("noteCacheCleared", door::noteCleared);
        step("noteCacheFailed", door::noteFailed);
        step("showCache", door::show);
        step("answerCleared", door::answerCleared);
    }

    private boolean running(Instance instance) {
        ServiceStatus status = main.getCamelContext().getRouteController().getRouteStatus(instance.routeId());
        return status == null || status.isStarted();
    }

    /** A step that routes name; as a processor, for calling a bean's method by name costs several times as much. */
    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
