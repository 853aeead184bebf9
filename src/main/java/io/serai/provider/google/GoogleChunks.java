package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.stream.ChunkFacts;
import io.serai.stream.ChunkSink;
import io.serai.stream.ChunkWriter;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of {@code streamGenerateContent?alt=sse} as chunks. Each event is a whole response with the next parts; a
 * function call comes in one piece; the usage of each is that of all so far. No event says the end: a candidate's {@code
 * finishReason} does.
 */
final class GoogleChunks implements StreamTranslator {
    private final ObjectMapper json;
    private final ObjectReader events;
    private final Attempt attempt;
    private final GoogleErrors errors;
    private final @Nullable String shownModel;
    private final Map<Integer, Choice> choices = new TreeMap<>();
    private @Nullable ChunkWriter writer;
    private @Nullable CallIds ids;
    private int searches;

    /** What is known of one choice. */
    private static final class Choice {
        private int calls;
        private int images;
        private boolean said;
        private boolean finished;
        private boolean blocked;
    }

    /** @param shownModel what the client is to see as the model; null: what the provider says */
    GoogleChunks(ObjectMapper json, Attempt attempt, GoogleErrors errors, @Nullable String shownModel) {
        this.json = json;
        this.events = json.reader();
        this.attempt = attempt;
        this.errors = errors;
        this.shownModel = shownModel;
    }

    @Override
    public @Nullable String shownModel() {
        return shownModel;
    }

    @Override
    public void event(@Nullable String type, byte[] data, int from, int to, ChunkSink sink) {
        JsonNode event;
        try {
            event = events.readTree(data, from, to - from);
        } catch (IOException e) {
            sink.failed(new UpstreamFailure.BrokenAnswer(200, "The provider sent an event that is not JSON"));
            return;
        }
        if (!event.isObject() || event.has("error")) {
            sink.failed(errors.inStream(attempt, event));
            return;
        }
        ChunkWriter out = writer(event);
        String served = event.path("modelVersion").asText(attempt.target().model());
        ChunkSink named = new Facts(sink, served, this::finished);
        write(event, out, named);
    }

    private void write(JsonNode event, ChunkWriter out, ChunkSink sink) {
        JsonNode candidates = event.path("candidates");
        for (int i = 0; i < candidates.size(); i++) {
            JsonNode candidate = candidates.get(i);
            int index = candidate.path("index").asInt(0);
            Choice choice = choices.computeIfAbsent(index, n -> new Choice());
            if (choice.finished) {
                continue;
            }
            parts(candidate, index, choice, out, sink);
            UpstreamFailure failure = Finish.failure(candidate, !choice.said);
            if (failure != null) {
                sink.failed(failure);
                return;
            }
            if (candidate.path("finishReason").isTextual()) {
                choice.finished = true;
                out.finish(index, Finish.reason(candidate.path("finishReason").asText(), choice.calls > 0), sink);
            }
        }
        if (candidates.isEmpty()
                && choices.isEmpty()
                && event.path("promptFeedback").has("blockReason")) {
            Choice choice = new Choice();
            choices.put(0, choice);
            out.refusal(0, Finish.blocked(event.path("promptFeedback")), sink);
            choice.blocked = true;
            choice.finished = true;
            out.finish(0, "content_filter", sink);
        }
        Usage usage = GoogleUsage.of(event.path("usageMetadata"), searches);
        if (usage != null) {
            attempt.reported(usage);
            if (finished()) {
                out.usage(usage, sink);
            }
        }
    }

    private void parts(JsonNode candidate, int index, Choice choice, ChunkWriter out, ChunkSink sink) {
        JsonNode result = candidate.path("logprobsResult");
        JsonNode likelihoods = result.isObject() ? AnswerParts.logprobs(json, result) : json.nullNode();
        for (JsonNode part : candidate.path("content").path("parts")) {
            ObjectNode signature = Signatures.extra(json, part);
            JsonNode call = part.path("functionCall");
            if (call.isObject()) {
                choice.said = true;
                int number = choice.calls++;
                String id = ids == null ? "" : ids.of(call, index, number);
                out.toolCall(index, number, id, call.path("name").asText(), "", Signatures.FIELD, signature, sink);
                out.arguments(index, number, AnswerParts.arguments(json, call), sink);
                continue;
            }
            said(part, index, choice, likelihoods, out, sink);
            likelihoods = json.nullNode();
            if (signature != null) {
                out.field(index, Signatures.FIELD, signature, false, sink);
            }
        }
        JsonNode grounding = candidate.path("groundingMetadata");
        if (grounding.isObject()) {
            searches += grounding.path("webSearchQueries").size();
            out.field(index, Signatures.FIELD, Signatures.google(json, "grounding_metadata", grounding), false, sink);
        }
    }

    private void said(JsonNode part, int index, Choice choice, JsonNode likelihoods, ChunkWriter out, ChunkSink sink) {
        String file = AnswerParts.mediaType(part);
        if (part.path("thought").asBoolean()) {
            out.reasoning(index, AnswerParts.text(part), sink);
        } else if (file.startsWith("image/")) {
            choice.said = true;
            ArrayNode images = json.createArrayNode().add(AnswerParts.image(json, part, choice.images++));
            out.field(index, "images", images, true, sink);
        } else if (file.startsWith("audio/")) {
            choice.said = true;
            ObjectNode audio =
                    json.createObjectNode().put("id", "audio_" + attempt.call().id());
            out.field(index, "audio", audio.set("data", part.path("inlineData").path("data")), true, sink);
        } else {
            String text = AnswerParts.text(part);
            choice.said |= !text.isEmpty();
            out.text(index, text, likelihoods, sink);
        }
    }

    /** All answers that were asked for are there to their ends: Google gives all of them, or none. */
    private boolean finished() {
        int wanted = attempt.body().path("n").asInt(1);
        boolean blocked = choices.values().stream().anyMatch(c -> c.blocked);
        return (choices.size() >= wanted || blocked)
                && choices.values().stream().allMatch(c -> c.finished);
    }

    private ChunkWriter writer(JsonNode event) {
        ChunkWriter known = writer;
        String id = event.path("responseId").asText(attempt.call().id());
        if (known == null) {
            String model = shownModel != null ? shownModel : attempt.target().model();
            known = new ChunkWriter(json, id, model, attempt.call().usageWanted());
            writer = known;
            ids = new CallIds(id);
        }
        known.named(null, shownModel == null ? event.path("modelVersion").textValue() : null);
        return known;
    }

    /** Tells the engine which model was served, whatever name the client sees, and when all choices are finished. */
    private record Facts(ChunkSink sink, String model, BooleanSupplier finished) implements ChunkSink {
        @Override
        public void chunk(byte[] json, int from, int to, ChunkFacts facts) {
            facts.model = model;
            facts.finished &= finished.getAsBoolean();
            sink.chunk(json, from, to, facts);
        }

        @Override
        public void done() {
            sink.done();
        }

        @Override
        public void failed(UpstreamFailure failure) {
            sink.failed(failure);
        }
    }
}
