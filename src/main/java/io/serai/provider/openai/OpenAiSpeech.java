package io.serai.provider.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.stream.StreamTranslator;

/** Speech: audio as it comes, or events with audio in them where {@code stream_format} is {@code sse}. */
public final class OpenAiSpeech implements RelayedMedia {
    private final ObjectMapper json;
    private final WireFields fields;
    private final OpenAiAnswers answers;

    public OpenAiSpeech(ObjectMapper json, Settings settings) {
        this.json = json;
        this.fields = new WireFields(settings);
        this.answers = new OpenAiAnswers(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        String text = attempt.body().path("input").asText();
        fields.adapt(attempt);
        attempt.addressed(OperationUrl.of(attempt));
        attempt.prepared(JsonBytes.of(json, attempt.body()));
        attempt.reported(new Usage.Builder()
                .characters(text.codePointCount(0, text.length()))
                .build());
    }

    /** What came in the place of audio. */
    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        answers.object(attempt, answer);
        throw OpenAiAnswers.broken("The provider answered JSON where audio was due");
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return new OpenAiErrors(json).of(attempt, answer);
    }

    @Override
    public String streamType() {
        return "*/*";
    }

    @Override
    public boolean streams(String contentType) {
        return !OpenAiAnswers.isJson(contentType) && !contentType.startsWith("text/html");
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new OpenAiMedia(json, attempt);
    }
}
