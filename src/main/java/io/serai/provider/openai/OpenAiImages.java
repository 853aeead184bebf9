package io.serai.provider.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.Multipart;
import io.serai.call.Upload;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.stream.StreamTranslator;

/** Pictures, made or changed: JSON or the client's form goes out, JSON or events with partial pictures come back. */
public final class OpenAiImages implements RelayedMedia {
    private final ObjectMapper json;
    private final WireFields fields;
    private final OpenAiAnswers answers;

    public OpenAiImages(ObjectMapper json, Settings settings) {
        this.json = json;
        this.fields = new WireFields(settings);
        this.answers = new OpenAiAnswers(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        attempt.addressed(OperationUrl.of(attempt));
        fields.adapt(attempt);
        ObjectNode body = attempt.body();
        Upload upload = attempt.call().upload();
        if (upload == null) {
            attempt.prepared(JsonBytes.of(json, body));
        } else {
            attempt.prepared(new Multipart(FormFields.of(upload, body)));
        }
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        ObjectNode body = answers.object(attempt, answer);
        if (!(body.get("data") instanceof ArrayNode data) || data.isEmpty()) {
            throw OpenAiAnswers.broken("The provider's answer holds no pictures");
        }
        attempt.reported(new Usage.Builder().images(data.size()).build());
        if (body.path("usage").isObject()) {
            attempt.reported(MediaUsage.of(attempt, body.get("usage")));
        }
        return body;
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return new OpenAiErrors(json).of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new OpenAiMedia(json, attempt);
    }
}
