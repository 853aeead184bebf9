package io.serai.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.JsonBytes;
import io.serai.call.Operation;
import io.serai.call.Reply;
import io.serai.call.Target;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Snapshot;
import io.serai.context.Tokenizers;
import io.serai.json.BodyReader;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import io.serai.routing.Candidates;
import io.serai.routing.Disabled;
import io.serai.routing.Health;
import io.serai.routing.Instances;
import io.serai.routing.Pools;
import io.serai.routing.Reach;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All that a hit adds to an answer of the broker's own: the routes from {@code cache} on with their steps, from the request's tree
 * to the answer's bytes. A request of 2 KB, an answer of 2 KB, one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 8, time = 2)
@Fork(1)
public class Hit {
    private static final String MODEL = "acme/m";

    @Param({"memory", "file", "sqlite"})
    public String backend;

    private final ObjectMapper json = new ObjectMapper();
    private final Caller caller = new Caller("0a1b2c", "127.0.0.1", false, true);
    private ObjectNode body;
    private DefaultCamelContext context;
    private Stores stores;
    private Producer cache;

    @Setup
    public void start() throws Exception {
        Path home = Files.createTempDirectory("serai-bench");
        Files.writeString(
                home.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:9/v1\", api_key: k, models: [{name: m}]}}");
        Snapshot snapshot = new ConfigLoader()
                .load(new ConfigSource(
                        home,
                        Map.of(),
                        Map.of(
                                "serai.response-cache.enabled", "true",
                                "serai.response-cache.backend", backend,
                                "serai.response-cache.ttl", "3600")));
        Instances instances = new Instances(snapshot, Set.of("openai"));
        Health health = new Health(System::nanoTime);
        instances.all().forEach(i -> health.breaker(i, snapshot.settings().breaker()));
        Candidates candidates = new Candidates(
                instances,
                health,
                new ModelTable(snapshot, new ModelLists(Clock.systemUTC())),
                new Disabled(null, json),
                new Tokenizers(),
                i -> true);
        stores = new Stores(home, (name, counts) -> {});
        context = new DefaultCamelContext();
        context.disableJMX();
        Reach reach = new Reach(snapshot, candidates, new Pools(snapshot, candidates));
        Caching.names(snapshot, stores, reach, instances, json)
                .forEach((name, bean) -> context.getRegistry().bind(name, bean));
        context.getPropertiesComponent().addInitialProperty("cache-upkeep", "3600000");
        context.getPropertiesComponent()
                .addInitialProperty("cache-folder", home.resolve("data/cache").toString());
        for (String file : Set.of("cache", "backends", backend)) {
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.resolveResource(context, "file:routes/cache/" + file + ".camel.yaml"));
        }
        Instance instance = instances.of("acme").get(0);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:send").process(exchange -> answer(Call.of(exchange), instance));
            }
        });
        context.start();
        cache = context.getEndpoint("direct:cache").createProducer();
        cache.start();
        body = (ObjectNode) new BodyReader(json)
                .read(("{\"model\":\"" + MODEL + "\",\"temperature\":0.2,\"seed\":7,\"messages\":["
                                + "{\"role\":\"system\",\"content\":\"" + "You are a patient teacher. ".repeat(40)
                                + "\"},"
                                + "{\"role\":\"user\",\"content\":\"" + "What is the capital of Italy? ".repeat(45)
                                + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
        keep();
    }

    /** Until it is there: a database is opened behind the start. */
    private void keep() throws Exception {
        Call call = call();
        while (call.cacheResult() != CacheResult.HIT) {
            call = call();
            Exchange exchange = ask(call);
            if (call.cacheResult() != CacheResult.HIT) {
                context.createProducerTemplate().send("direct:cache-store", exchange);
                TimeUnit.MILLISECONDS.sleep(200);
            }
            call.complete();
        }
    }

    private void answer(Call call, Instance instance) throws Exception {
        Attempt attempt = new Attempt(call, 1, new Target(instance, "m", null, Duration.ZERO), call.body());
        ObjectNode answer = (ObjectNode) json.readTree(
                "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"message\":{\"role\":\"assistant\",\"content\":\""
                        + "Rome, which was not built in a day. ".repeat(55)
                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":500,\"completion_tokens\":450,"
                        + "\"total_tokens\":950}}");
        attempt.replied(new Reply.Complete(answer));
        call.servedBy(attempt);
    }

    private Call call() {
        Call call = new Call("req_1", "/v1/chat/completions", caller, null, "");
        call.admitted(Operation.CHAT, body, 2000, MODEL, false, false);
        return call;
    }

    private Exchange ask(Call call) throws Exception {
        Exchange exchange = new DefaultExchange(context);
        exchange.setProperty(Call.PROPERTY, call);
        cache.process(exchange);
        return exchange;
    }

    @Benchmark
    public byte[] answered() throws Exception {
        Call call = call();
        ask(call);
        if (call.cacheResult() != CacheResult.HIT || !(call.getReplyBody() instanceof ObjectNode reply)) {
            throw new IllegalStateException("It was kept");
        }
        return JsonBytes.of(json, reply);
    }

    /** The key alone. */
    @Benchmark
    public CacheKey named() {
        return new AnswerKey("serai:", false)
                .of(call(), new Ways.Way(0, java.util.List.of(), "acme openai http://acme m null"));
    }

    @TearDown
    public void stop() throws Exception {
        context.stop();
        stores.close();
    }
}
