package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Provider.Wire;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's own shape on both sides: what the client sent goes through, less what the provider's settings say it refuses.
 */
public final class OpenAiAdapter implements Adapter {
    private static final String TOOL_NAMES = "tools[].function.name";

    private final ObjectMapper json;
    private final Parameters params;
    private final WireFields fields;
    private final boolean echoModel;

    public OpenAiAdapter(ObjectMapper json, Settings settings) {
        this.json = json;
        this.params = new Parameters(settings);
        this.fields = new WireFields(settings);
        this.echoModel = settings.echoModel();
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        fields.adapt(attempt);
        ObjectNode body = attempt.body();
        Wire wire = attempt.target().provider().wire();
        ToolNames names = ToolNames.of(body);
        if (names != null) {
            params.adapted(attempt, TOOL_NAMES);
            names.shorten(body);
        }
        PromptCache.steer(attempt, body);
        boolean optionsRefused = attempt.adapted().contains("stream_options");
        if (attempt.call().streaming() && wire.includeUsage() && !asksForUsage(attempt) && !optionsRefused) {
            ObjectNode options = json.createObjectNode();
            if (body.get("stream_options") instanceof ObjectNode given) {
                options.setAll(given);
            }
            body.set("stream_options", options.put("include_usage", true));
        }
        attempt.prepared(JsonBytes.of(json, body));
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        String type = answer.headers().getOrDefault("content-type", "application/json");
        if (!type.toLowerCase(Locale.ROOT).contains("json")) {
            throw broken("The provider answered " + type + " where JSON was due");
        }
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (tree instanceof ObjectNode error && error.path("error").isObject() && !error.has("choices")) {
            throw new UpstreamException(new OpenAiErrors(json)
                    .ofBody(attempt, OpenAiErrors.statusIn(error.path("error")), answer.headers(), error));
        }
        if (!(tree instanceof ObjectNode body)
                || !(body.get("choices") instanceof ArrayNode choices)
                || choices.isEmpty()) {
            throw broken("The provider's answer holds no choices");
        }
        attempt.reported(usage(attempt, body, answer.body().length));
        attempt.servedIn(body.path("service_tier").textValue());
        attempt.servedAs(body.path("model").asText(attempt.target().model()));
        ToolNames names = shortened(attempt);
        if (names != null) {
            names.restore(body);
        }
        ContentParts.join(body);
        if (!body.has("object")) {
            body.put("object", "chat.completion");
        }
        if (!body.has("model")) {
            body.put("model", attempt.target().model());
        }
        return body;
    }

    private static Usage usage(Attempt attempt, ObjectNode body, int answerBytes) {
        Usage reported = Usage.ofOpenAi(body.get("usage"));
        return reported != null ? reported : Usage.estimate(attempt.counter().counted(), answerBytes);
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return new OpenAiErrors(json).of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new OpenAiChunks(json, attempt, echoModel ? attempt.call().asked() : null, shortened(attempt));
    }

    /** The names that this attempt sent shorter than they are. */
    private static @Nullable ToolNames shortened(Attempt attempt) {
        return attempt.adapted().contains(TOOL_NAMES)
                ? ToolNames.of(attempt.call().body())
                : null;
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }

    private static boolean asksForUsage(Attempt attempt) {
        return attempt.body().path("stream_options").path("include_usage").asBoolean();
    }
}
