package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.provider.Vectors;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Embeddings as {@code batchEmbedContents} (https://ai.google.dev/api/embeddings). */
public final class GoogleEmbeddings implements Adapter {
    /** "At most 100 requests can be in one batch": Google's words for one more. */
    private static final int MOST = 100;

    private static final Set<String> READ =
            Set.of("model", "input", "dimensions", "encoding_format", "task_type", "title", "extra_body");

    private final ObjectMapper json;
    private final Parameters params;
    private final GoogleErrors errors;

    public GoogleEmbeddings(ObjectMapper json, Settings settings) {
        this.json = json;
        this.params = new Parameters(settings);
        this.errors = new GoogleErrors(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        for (Map.Entry<String, JsonNode> field : List.copyOf(body.properties())) {
            if (!READ.contains(field.getKey()) && !field.getValue().isNull()) {
                params.adapted(attempt, field.getKey());
            }
        }
        GoogleModel model = GoogleModel.of(attempt.target().model());
        JsonNode input = body.path("input");
        if (input.size() > MOST) {
            throw Parameters.invalid("input", "Google embeds at most " + MOST + " texts in one request.");
        }
        ObjectNode request = json.createObjectNode();
        ArrayNode requests = request.putArray("requests");
        if (input.isTextual()) {
            requests.add(one(model, input, body));
        }
        for (JsonNode text : input) {
            if (!text.isTextual()) {
                throw Parameters.invalid("input", "Google embeds text: send strings, not tokens.");
            }
            requests.add(one(model, text, body));
        }
        attempt.addressed(attempt.target().provider().endpoint() + "/v1beta/" + model.path() + ":batchEmbedContents");
        attempt.prepared(JsonBytes.of(json, request));
    }

    private ObjectNode one(GoogleModel model, JsonNode text, ObjectNode body) {
        ObjectNode one = json.createObjectNode().put("model", model.path());
        one.putObject("content").putArray("parts").addObject().set("text", text);
        if (body.path("dimensions").isNumber()) {
            one.set("outputDimensionality", body.get("dimensions"));
        }
        JsonNode google = body.path("extra_body").path("google");
        JsonNode task = body.has("task_type") ? body.path("task_type") : google.path("task_type");
        if (task.isTextual()) {
            one.set("taskType", task);
        }
        JsonNode title = body.has("title") ? body.path("title") : google.path("title");
        if (title.isTextual()) {
            one.set("title", title);
        }
        return one;
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (!tree.isObject() || tree.has("error")) {
            throw new UpstreamException(errors.inStream(attempt, tree));
        }
        JsonNode vectors = tree.path("embeddings");
        if (vectors.isEmpty()) {
            throw broken("The provider's answer holds no vectors");
        }
        ObjectNode reply = json.createObjectNode().put("object", "list");
        ArrayNode data = reply.putArray("data");
        for (JsonNode vector : vectors) {
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            item.set("embedding", Vectors.node(floats(vector.path("values")), attempt.body()));
        }
        attempt.servedAs(attempt.target().model());
        reply.put("model", attempt.target().model());
        Usage reported = GoogleUsage.of(tree.path("usageMetadata"), 0);
        Usage usage = reported != null
                ? reported
                : Usage.estimate((textBytes(attempt.body().path("input")) + 3) / 4, 0);
        attempt.reported(usage);
        reply.putObject("usage").put("prompt_tokens", usage.input()).put("total_tokens", usage.input());
        return reply;
    }

    private static float[] floats(JsonNode values) throws UpstreamException {
        try {
            return Vectors.floats(values);
        } catch (IllegalArgumentException e) {
            throw broken("The provider's answer holds a vector that is none");
        }
    }

    private static long textBytes(JsonNode input) {
        long length = input.isTextual() ? input.asText().length() : 0;
        for (JsonNode text : input) {
            length += text.asText().length();
        }
        return length;
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return errors.of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        throw new IllegalStateException("Embeddings are not streamed");
    }
}
