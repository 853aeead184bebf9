package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.json.BodyReader;
import java.io.IOException;
import java.util.Locale;

/** What answers of every operation have in common: JSON, and errors that come under a 200. */
final class OpenAiAnswers {
    private final ObjectMapper json;
    private final BodyReader reader;

    OpenAiAnswers(ObjectMapper json) {
        this.json = json;
        this.reader = new BodyReader(json);
    }

    /**
     * The answer's object; long texts in it, such as pictures, stay the bytes that they came in.
     *
     * @throws UpstreamException when there is none, or an error in its place
     */
    ObjectNode object(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        requireJson(answer);
        JsonNode tree;
        try {
            tree = reader.read(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (!(tree instanceof ObjectNode body)) {
            throw broken("The provider's answer is no JSON object");
        }
        refuseError(attempt, answer, body);
        return body;
    }

    void requireJson(Attempt.Answer answer) throws UpstreamException {
        String type = answer.headers().getOrDefault("content-type", "application/json");
        if (!isJson(type)) {
            throw broken("The provider answered " + type + " where JSON was due");
        }
    }

    static boolean isJson(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).contains("json");
    }

    /** Some providers answer 200 and say in the body why they did not. */
    void refuseError(Attempt attempt, Attempt.Answer answer, ObjectNode body) throws UpstreamException {
        if (body.path("error").isObject()) {
            throw new UpstreamException(new OpenAiErrors(json)
                    .ofBody(attempt, OpenAiErrors.statusIn(body.path("error")), answer.headers(), body));
        }
    }

    static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }
}
