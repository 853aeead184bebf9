package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The broker's own answers: lists and states that no provider was asked for. */
final class Answers {
    private Answers() {}

    static void send(Call call, JsonNode body) {
        send(call, 200, body);
    }

    static void send(Call call, int status, JsonNode body) {
        send(call, status, Map.of(), body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** @param body JSON */
    static void send(Call call, int status, Map<String, String> headers, byte[] body) {
        ClientResponse client = call.client();
        call.answered(status, null);
        if (client != null) {
            client.reply(status, headers, "application/json", body);
        }
    }
}
