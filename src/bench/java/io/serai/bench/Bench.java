package io.serai.bench;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Target;
import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Snapshot;
import io.serai.json.BodyReader;
import io.serai.provider.Adapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A kind's adapter, and attempts of one request at it, made as the broker makes them. */
final class Bench {
    private final ObjectMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private final Instance instance;
    private final Call call =
            new Call("req_0", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "bench");
    final Adapter adapter;

    /** @param request a client's body */
    Bench(Kind kind, String request, boolean stream) throws ConfigException, IOException {
        Map<String, String> keys = Map.of("OPENAI_API_KEY", "k", "ANTHROPIC_API_KEY", "k", "GOOGLE_API_KEY", "k");
        Snapshot snapshot =
                new ConfigLoader().load(new ConfigSource(null, keys, Map.of()).withAnswering(Set.of("ollama")));
        instance = Instance.of(snapshot.providers().get(kind.type()), 0, null);
        adapter = kind.adapter.apply(json, snapshot);
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        ObjectNode body = (ObjectNode) new BodyReader(json).read(bytes);
        call.admitted(Operation.CHAT, body, bytes.length, kind.type() + "/m", stream, false);
    }

    Attempt attempt() {
        ObjectNode body = json.createObjectNode();
        body.setAll(call.body());
        return new Attempt(call, 1, new Target(instance, "m", null, Duration.ofMinutes(5)), body);
    }
}
