package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.stream.StreamTranslator;
import java.io.IOException;

/** Chats as {@code generateContent}, and streamed as {@code streamGenerateContent}. */
public final class GoogleAdapter implements Adapter {
    private final ObjectMapper json;
    private final Parameters params;
    private final GoogleErrors errors;
    private final CachedContents caches;
    private final boolean echoModel;

    public GoogleAdapter(ObjectMapper json, Settings settings, CachedContents caches) {
        this.json = json;
        this.params = new Parameters(settings);
        this.errors = new GoogleErrors(json);
        this.caches = caches;
        this.echoModel = settings.echoModel();
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        GoogleModel model = GoogleModel.of(attempt.target().model());
        ObjectNode request = json.createObjectNode();
        ObjectNode config = json.createObjectNode();
        MessageParts media = new MessageParts(json, params, attempt, model);
        new Contents(json, params, attempt, model, media).write(body.path("messages"), request);
        new Tools(json, params, attempt, model).write(body, request);
        new VendorExtras(json).write(attempt, params, request, config);
        media.resolution(config);
        new GenerationConfig(json, params, attempt, config).write(request);
        Thinking.write(attempt, params, model, body, config);
        if (!config.isEmpty()) {
            request.set("generationConfig", config);
        }
        boolean streaming = attempt.call().streaming();
        attempt.addressed(attempt.target().provider().endpoint() + "/v1beta/" + model.path()
                + (streaming ? ":streamGenerateContent?alt=sse" : ":generateContent"));
        if (attempt.target().provider().caching().enabled() && !request.has("cachedContent")) {
            String name =
                    caches.shorten(attempt.target().instance(), attempt.call().id(), model.path(), request);
            if (name != null) {
                UsedCache.note(attempt, name);
            }
        }
        attempt.prepared(JsonBytes.of(json, request));
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (IOException e) {
            throw new UpstreamException(
                    new UpstreamFailure.BrokenAnswer(200, "The provider's answer is not whole JSON"));
        }
        if (!tree.isObject() || tree.has("error")) {
            throw new UpstreamException(errors.inStream(attempt, tree));
        }
        return new GoogleAnswer(json, attempt, tree).completion(answer.body().length);
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        UpstreamFailure failure = errors.of(attempt, answer);
        String used = UsedCache.of(attempt);
        if (used != null && failure instanceof UpstreamFailure.Rejected rejected && rejected.cacheStale()) {
            caches.forget(attempt.target().instance(), used);
        }
        return failure;
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new GoogleChunks(
                json, attempt, errors, echoModel ? attempt.call().asked() : null);
    }
}
