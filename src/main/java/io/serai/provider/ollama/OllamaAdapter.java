package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.Parameters;
import io.serai.stream.EventDecoder;
import io.serai.stream.LineDecoder;
import io.serai.stream.StreamTranslator;
import io.serai.stream.UpstreamStream;

/** Chats at Ollama: {@code POST /api/chat}, streamed as lines of JSON. */
public final class OllamaAdapter implements Adapter {
    private final ObjectMapper json;
    private final OllamaRequest request;
    private final OllamaReply reply;
    private final OllamaErrors errors;
    private final boolean echoModel;

    public OllamaAdapter(ObjectMapper json, Settings settings) {
        this.json = json;
        this.request = new OllamaRequest(json, new Parameters(settings));
        this.errors = new OllamaErrors(json);
        this.reply = new OllamaReply(json, errors);
        this.echoModel = settings.echoModel();
    }

    @Override
    public void prepare(Attempt attempt) throws UpstreamException {
        attempt.prepared(JsonBytes.of(json, request.of(attempt)));
    }

    @Override
    public ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        return reply.of(attempt, answer);
    }

    @Override
    public UpstreamFailure failure(Attempt attempt, Attempt.Answer answer) {
        return errors.of(attempt, answer);
    }

    @Override
    public StreamTranslator translator(Attempt attempt) {
        return new OllamaLines(json, errors, attempt, echoModel ? attempt.call().asked() : null);
    }

    @Override
    public String streamType() {
        return "application/x-ndjson";
    }

    @Override
    public EventDecoder decoder(Attempt attempt) {
        return new LineDecoder(UpstreamStream.MAX_EVENT_BYTES);
    }
}
