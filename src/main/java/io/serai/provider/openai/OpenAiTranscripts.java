package io.serai.provider.openai;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Multipart;
import io.serai.call.Reply;
import io.serai.call.Upload;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Settings;
import io.serai.stream.StreamTranslator;
import java.util.List;
import java.util.Locale;

/**
 * Transcripts and translations of speech: the client's form goes on as it is but for the model's name, and the answer comes back
 * byte for byte, for it may be JSON, plain text or subtitles.
 */
public final class OpenAiTranscripts implements RelayedMedia {
    private final ObjectMapper json;
    private final WireFields fields;
    private final OpenAiAnswers answers;

    public OpenAiTranscripts(ObjectMapper json, Settings settings) {
        this.json = json;
        this.fields = new WireFields(settings);
        this.answers = new OpenAiAnswers(json);
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        Upload upload = attempt.call().upload();
        if (upload == null) {
            throw new UpstreamException(UpstreamFailure.Rejected.operation("Speech comes as a form with a file."));
        }
        attempt.addressed(OperationUrl.of(attempt));
        fields.adapt(attempt);
        attempt.prepared(new Multipart(FormFields.of(upload, attempt.body())));
        List<Upload.File> files = upload.files("file");
        attempt.reported(
                files.isEmpty()
                        ? new Usage.Builder().estimated().build() // an address, which only the provider reads
                        : AudioLength.of(files.getFirst()));
    }

    @Override
    public Reply reply(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        String type = answer.headers().getOrDefault("content-type", "application/octet-stream");
        if (OpenAiAnswers.isJson(type)) {
            read(attempt, answer);
        } else if (!streams(type.toLowerCase(Locale.ROOT))) {
            throw OpenAiAnswers.broken("The provider answered " + type + " where a transcript was due");
        }
        return new Reply.Raw(type, answer.body());
    }

    /** Checks a transcript in JSON, and takes from it what the audio's length was. */
    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        ObjectNode body = answers.object(attempt, answer);
        Usage said = MediaUsage.ofTranscript(attempt, body.path("usage"), body.path("duration"));
        if (said != null) {
            attempt.reported(said);
        }
        return body;
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return new OpenAiErrors(json).of(attempt, answer);
    }

    /** Models that do not stream answer {@code stream=true} with a whole transcript. */
    @Override
    public boolean streams(String contentType) {
        return !contentType.startsWith("text/html");
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new OpenAiMedia(json, attempt);
    }
}
