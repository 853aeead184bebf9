package io.serai.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A column of the matrix.
 *
 * @param name of the folder with its cells, and the provider's id
 * @param type as in {@code providers.yaml}
 * @param endpoint what follows the stub's origin and {@code /<name>} in the provider's endpoint
 * @param plain where its plain chats go, from the root of the stub, with the query; {@code {model}} stands for the model
 * @param streamed where its streamed chats go
 * @param more further YAML keys of the provider, in flow style
 * @param rules what the vendor refuses; empty for a request that it takes
 * @param streamType the content type of its streams
 * @param framing an event as it stands on the wire, with what ends it
 * @param streamFlags makes the body of a plain chat that of a streamed one
 */
record Kind(
        String name,
        String type,
        String endpoint,
        String plain,
        String streamed,
        List<String> more,
        Function<RecordedRequest, Optional<Script>> rules,
        String streamType,
        Function<JsonNode, String> framing,
        UnaryOperator<ObjectNode> streamFlags) {

    private static final String MODEL = "{model}";

    static final String SSE = "text/event-stream";
    static final String NDJSON = "application/x-ndjson";

    /** {@code data: {...}} and an empty line. */
    static String sse(JsonNode event) {
        return "data: " + event + "\n\n";
    }

    /** The same with the event's own type before it. */
    static String typedSse(JsonNode event) {
        return "event: " + event.path("type").asText() + "\ndata: " + event + "\n\n";
    }

    /** A line. */
    static String line(JsonNode event) {
        return event + "\n";
    }

    /** Whether it is a chat, and not one of the vendor's other endpoints. */
    boolean chat(RecordedRequest request) {
        return is(plain, request.target()) || is(streamed, request.target());
    }

    private static boolean is(String path, String target) {
        int model = path.indexOf(MODEL);
        return model < 0
                ? target.equals(path)
                : target.startsWith(path.substring(0, model))
                        && target.endsWith(path.substring(model + MODEL.length()));
    }

    /** Where a chat with the model goes. */
    String target(boolean stream, String model) {
        return (stream ? streamed : plain).replace(MODEL, model);
    }
}
