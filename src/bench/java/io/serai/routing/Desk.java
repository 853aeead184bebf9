package io.serai.routing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.batch.Batches;
import io.serai.batch.Savings;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Rotation;
import io.serai.config.Snapshot;
import io.serai.context.Tokenizers;
import io.serai.limits.AdaptiveRates;
import io.serai.limits.TokenWindows;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ten providers with two keys each, and a rotation of fifty of their models for every strategy. */
final class Desk {
    static final int PROVIDERS = 10;
    static final int MODELS = 5;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Shares> shares = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private final Health health = new Health(System::nanoTime);
    private final Snapshot snapshot;
    private final ModelTable models;
    private final Disabled disabled = new Disabled(null, json);
    final Instances instances;
    final Gate gate;
    final Directory directory;
    private final Walks walks;
    private final Tokenizers tokenizers = new Tokenizers();
    final Call call = new Call("req_0", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "bench");

    Desk() throws Exception {
        Path folder = Files.createTempDirectory("serai-bench");
        StringBuilder providers = new StringBuilder("providers:\n");
        StringBuilder rotations = new StringBuilder("rotations:\n");
        for (int p = 0; p < PROVIDERS; p++) {
            providers.append("  p" + p + ": {type: openai, endpoint: \"http://127.0.0.1:9/v1\", api_keys: [k-a" + p
                    + ", k-b" + p + "], models: [");
            for (int m = 0; m < MODELS; m++) {
                providers.append(m == 0 ? "" : ", ").append("{name: m" + m + ", context_size: 128000}");
            }
            providers.append("]}\n");
        }
        for (String strategy : List.of("weighted", "priority", "cheapest", "fastest")) {
            rotations.append("  " + strategy + ":\n    strategy: " + strategy + "\n    providers:\n");
            for (int p = 0; p < PROVIDERS; p++) {
                for (int m = 0; m < MODELS; m++) {
                    rotations.append("      - {provider_id: p" + p + ", models: [{name: m" + m + ", weight: "
                            + (1 + m + p) + "}]}\n");
                    latencies.add("p" + p, "m" + m, true, 100 + 7 * (p * m % 11));
                    latencies.add("p" + p, "m" + m, false, 500 + 7 * (p * m % 11));
                }
            }
        }
        Files.writeString(folder.resolve("providers.yaml"), providers);
        Files.writeString(folder.resolve("rotations.yaml"), rotations);
        snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        instances = new Instances(snapshot, Set.of("openai"));
        for (Instance instance : instances.all()) {
            health.breaker(instance, snapshot.settings().breaker());
        }
        models = new ModelTable(snapshot, new ModelLists(Clock.systemUTC()));
        Candidates candidates = new Candidates(instances, health, models, disabled, tokenizers, i -> true);
        Ordering ordering =
                new Ordering(route -> shares.computeIfAbsent(route, r -> new Shares()), latencies, tokenizers);
        gate = new Gate(
                new AdaptiveRates(snapshot.settings().adaptiveRate(), System::nanoTime),
                new TokenWindows(System::nanoTime),
                System::nanoTime);
        Batches batches = new Batches(snapshot.settings().batching(), new Savings());
        walks = new Walks(snapshot.settings(), health, models, latencies, gate, disabled, batches, tokenizers);
        directory = new Directory(
                snapshot, instances, Groups.of(snapshot), candidates, new Pools(snapshot, candidates), ordering, walks);
        ObjectNode body = json.createObjectNode().put("model", "rotation/weighted");
        body.putArray("messages").addObject().put("role", "user").put("content", "What is the capital of France?");
        call.admitted(Operation.CHAT, body, 120, "rotation/weighted", false, false);
    }

    List<Candidate> select(Rotation.Strategy strategy) {
        return directory.select(Pools.ROTATION + strategy.name().toLowerCase(Locale.ROOT), call, true);
    }

    Walk walk(List<Candidate> candidates) {
        return walks.of(call, candidates, new Allowance(99));
    }
}
