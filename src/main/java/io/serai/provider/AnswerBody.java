package io.serai.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Attempt;
import java.io.IOException;

/** A provider's answer as JSON, for those who read what it says when it says no. */
public final class AnswerBody {
    private AnswerBody() {}

    /** Missing when it isn't JSON: proxies and load balancers answer in HTML. */
    public static JsonNode of(ObjectMapper json, Attempt.Answer answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            return json.missingNode();
        }
    }
}
