package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.models.ModelTable;
import io.serai.provider.Adapter;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.Locale;

/** Chats over Anthropic's Messages API ({@code POST /v1/messages}), plain and streamed. */
public final class AnthropicAdapter implements Adapter {
    private final ObjectMapper json;
    private final AnthropicRequest requests;
    private final AnthropicErrors errors;
    private final AnthropicAnswer answers;
    private final boolean echoModel;

    public AnthropicAdapter(ObjectMapper json, Settings settings, ModelTable models) {
        this.json = json;
        this.requests = new AnthropicRequest(json, settings, models);
        this.errors = new AnthropicErrors(json);
        this.answers = new AnthropicAnswer(json);
        this.echoModel = settings.echoModel();
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        Provider provider = attempt.target().provider();
        ObjectNode request = requests.of(attempt);
        new CacheMarks(json, provider.caching()).add(request);
        String version = provider.apiVersion();
        if (version != null) {
            attempt.headers().put("anthropic-version", version);
        }
        attempt.prepared(JsonBytes.of(json, request));
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        String type = answer.headers().getOrDefault("content-type", "application/json");
        if (!type.toLowerCase(Locale.ROOT).contains("json")) {
            throw broken("The provider answered " + type + " where JSON was due");
        }
        JsonNode message;
        try {
            message = json.readTree(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (message.path("type").asText().equals("error")) {
            throw new UpstreamException(errors.ofEvent(attempt, message));
        }
        if (!message.path("content").isArray()) {
            throw broken("The provider's answer is not a message");
        }
        attempt.servedAs(message.path("model").asText(attempt.target().model()));
        Usage usage = usage(attempt, message, answer.body().length);
        attempt.reported(usage);
        attempt.servedIn(message.path("usage").path("service_tier").textValue());
        ObjectNode completion = answers.of(message, shownModel(attempt));
        completion.set("usage", usage.toOpenAi());
        return completion;
    }

    private static Usage usage(Attempt attempt, JsonNode message, int answerBytes) {
        AnthropicUsage reported = new AnthropicUsage();
        reported.add(message.path("usage"));
        return reported.seen()
                ? reported.toUsage()
                : Usage.estimate(attempt.counter().counted(), answerBytes);
    }

    private String shownModel(Attempt attempt) {
        return echoModel ? attempt.call().asked() : attempt.servedModel();
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return errors.of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new AnthropicEvents(
                json, attempt, errors, echoModel ? attempt.call().asked() : null);
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }
}
