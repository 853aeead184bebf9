package io.serai.provider.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.ClientResponse;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamFailure;
import io.serai.config.Timeouts;
import io.serai.embedding.Sentences;
import io.serai.provider.Adapter;
import io.serai.provider.OpenStream;
import io.serai.stream.UpstreamStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Serves {@link EchoModel}'s answers as an HTTP provider would: a plain body with a status, or a stream of events. */
public final class Echo implements Processor, OpenStream.StreamSource {
    private final ObjectMapper json;
    private final Vertx vertx;
    private final EchoModel model;
    private final AtomicLong numbers = new AtomicLong();

    public Echo(ObjectMapper json, Vertx vertx) {
        this.json = json;
        this.vertx = vertx;
        this.model = new EchoModel(json);
    }

    /** The plain answer, as the body and status that an HTTP call would leave behind. */
    @Override
    public void process(Exchange exchange) {
        EchoModel.Script script = script(Attempt.of(exchange));
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, script.status());
        exchange.getMessage().setHeader("content-type", "application/json");
        exchange.getMessage().setBody(JsonBytes.of(json, script.status() == 200 ? whole(script) : script.error()));
    }

    @Override
    public OpenStream.Opening open(Attempt attempt, Adapter adapter) {
        ClientResponse client = attempt.call().client();
        Context context = client == null ? vertx.getOrCreateContext() : client.context();
        EchoModel.Script script = script(attempt);
        boolean usage =
                attempt.body().path("stream_options").path("include_usage").asBoolean();
        PacedEvents events = new PacedEvents(vertx, framed(script, usage), script.paceMs());
        UpstreamStream stream = new UpstreamStream(
                context,
                attempt,
                adapter.decoder(attempt),
                adapter.translator(attempt),
                Timeouts.DEFAULT,
                events::stop);
        context.runOnContext(v -> {
            if (script.status() == 200) {
                stream.start(events);
            } else {
                UpstreamFailure failure = adapter.failure(
                        attempt,
                        new Attempt.Answer(
                                script.status(),
                                Map.of(),
                                script.error().toString().getBytes(StandardCharsets.UTF_8)));
                stream.refuse(failure);
            }
        });
        return new OpenStream.Opening(stream, stream.ready());
    }

    private EchoModel.Script script(Attempt attempt) {
        return attempt.target().model().equals(Sentences.MODEL)
                ? model.refusal("The built-in model " + Sentences.MODEL + " makes embeddings and does no chat.")
                : model.answer(attempt.body());
    }

    private ObjectNode whole(EchoModel.Script script) {
        ObjectNode body = head("chat.completion");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        if (script.toolCall().isEmpty()) {
            message.put("content", String.join("", script.words()));
        } else {
            message.putNull("content").putArray("tool_calls").add(script.toolCall());
        }
        message.putNull("refusal");
        choice.putNull("logprobs").put("finish_reason", script.finishReason());
        body.set("usage", script.usage());
        return body;
    }

    private List<Buffer> framed(EchoModel.Script script, boolean usage) {
        List<ObjectNode> chunks = new ArrayList<>();
        ObjectNode head = head("chat.completion.chunk");
        chunks.add(chunk(head, json.createObjectNode().put("role", "assistant").put("content", ""), null, usage));
        if (!script.toolCall().isEmpty()) {
            chunks.addAll(toolChunks(head, script.toolCall(), usage));
        }
        for (String word : script.words()) {
            chunks.add(chunk(head, json.createObjectNode().put("content", word), null, usage));
            if (script.breaksOff()) {
                return chunks.stream().map(Echo::frame).toList();
            }
        }
        chunks.add(chunk(head, json.createObjectNode(), script.finishReason(), usage));
        if (usage) {
            ObjectNode last = head.deepCopy();
            last.putArray("choices");
            chunks.add(last.set("usage", script.usage()));
        }
        List<Buffer> events = new ArrayList<>(chunks.stream().map(Echo::frame).toList());
        events.add(Buffer.buffer("data: [DONE]\n\n"));
        return events;
    }

    /** The name first, then the arguments in pieces, as vendors send them. */
    private List<ObjectNode> toolChunks(ObjectNode head, ObjectNode call, boolean usage) {
        List<ObjectNode> chunks = new ArrayList<>();
        String arguments = call.path("function").path("arguments").asText();
        ObjectNode first = call.deepCopy().put("index", 0);
        ((ObjectNode) first.path("function")).put("arguments", "");
        chunks.add(chunk(head, deltaOf(first), null, usage));
        int half = arguments.length() / 2;
        for (String part : new String[] {arguments.substring(0, half), arguments.substring(half)}) {
            ObjectNode piece = json.createObjectNode().put("index", 0);
            piece.putObject("function").put("arguments", part);
            chunks.add(chunk(head, deltaOf(piece), null, usage));
        }
        return chunks;
    }

    private ObjectNode deltaOf(ObjectNode toolCall) {
        ObjectNode delta = json.createObjectNode();
        delta.putArray("tool_calls").add(toolCall);
        return delta;
    }

    private ObjectNode head(String object) {
        return json.createObjectNode()
                .put("id", "chatcmpl-echo-" + numbers.incrementAndGet())
                .put("object", object)
                .put("created", Instant.now().getEpochSecond())
                .put("model", "echo");
    }

    private ObjectNode chunk(
            ObjectNode head, ObjectNode delta, @org.jspecify.annotations.Nullable String finish, boolean usage) {
        ObjectNode chunk = head.deepCopy();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finish);
        if (usage) {
            chunk.putNull("usage");
        }
        return chunk;
    }

    private static Buffer frame(ObjectNode chunk) {
        return Buffer.buffer("data: " + chunk + "\n\n");
    }
}
