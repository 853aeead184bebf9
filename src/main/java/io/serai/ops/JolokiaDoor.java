package io.serai.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.UpstreamException;
import io.serai.door.BodyBudget;
import io.serai.door.DoorRequest;
import io.serai.door.RawBody;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jolokia.json.JSONStructure;
import org.jolokia.server.core.http.HttpRequestHandler;
import org.jolokia.server.core.request.BadRequestException;
import org.jolokia.server.core.request.EmptyResponseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JMX over HTTP for Hawtio and scripts, in Jolokia's protocol: a refusal stands as {@code status} 403 in the answer's JSON, one
 * for each request of a bulk, while the HTTP status is 200.
 */
public final class JolokiaDoor {
    private static final Logger LOG = LoggerFactory.getLogger(JolokiaDoor.class);
    private static final String PATH = "/jolokia";
    private static final int MAX_BYTES = 1024 * 1024;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Set<String> TYPES = Set.of("read", "list", "search", "version", "exec", "write");

    private final JolokiaAgent agent;
    private final ObjectMapper json;
    private final BodyBudget bodies;

    public JolokiaDoor(JolokiaAgent agent, ObjectMapper json, BodyBudget bodies) {
        this.bodies = bodies;
        this.agent = agent;
        this.json = json;
    }

    /** Answers a GET or a POST. 400 for what is no Jolokia request, 413 above 1 MiB. */
    public void answer(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        HttpServerRequest request = DoorRequest.of(exchange).http();
        boolean post = request.method().equals(HttpMethod.POST);
        byte[] body = post ? RawBody.read(exchange, bodies, MAX_BYTES, SILENCE, tooLarge()) : new byte[0];
        HttpRequestHandler handler = agent.handler();
        JSONStructure answer;
        try {
            if (post) {
                refuse(body);
                answer = handler.handlePostRequest(
                        request.uri(), new ByteArrayInputStream(body), "UTF-8", parameters(request));
            } else {
                String path = pathInfo(request);
                refuse(path.replaceFirst("^/+", "").replaceFirst("/.*", ""));
                answer = handler.handleGetRequest(request.uri(), path, parameters(request));
            }
        } catch (BadRequestException | EmptyResponseException | IOException | IllegalArgumentException e) {
            throw ApiError.badRequest("invalid_jolokia_request", null, "This is no Jolokia request: " + message(e));
        } catch (SecurityException e) {
            answer = handler.handleThrowable(e);
        } catch (RuntimeException e) {
            LOG.warn("{} could not be answered by Jolokia", call.id(), e);
            answer = handler.handleThrowable(e);
        }
        send(call, answer);
    }

    private static void send(Call call, JSONStructure answer) {
        ClientResponse client = call.client();
        call.answered(200, null);
        if (client != null) {
            client.reply(
                    200,
                    Map.of("cache-control", "no-store"),
                    "application/json",
                    answer.toJSONString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What Jolokia does without asking the policy. */
    private static void refuse(String type) {
        if (!type.isEmpty() && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new SecurityException("Requests of type '" + type + "' are not answered here");
        }
    }

    private void refuse(byte[] body) throws IOException {
        JsonNode tree = json.readTree(body);
        for (JsonNode one : tree.isArray() ? tree : json.createArrayNode().add(tree)) {
            refuse(one.path("type").asText());
            // it would pass over a target, and do to this JVM what was meant for another
            if (one.has("target")) {
                throw new SecurityException("This agent is no proxy: leave 'target' out");
            }
        }
    }

    private static ApiError tooLarge() {
        return new ApiError(
                413,
                "invalid_request_error",
                "request_too_large",
                null,
                "A Jolokia request may have " + MAX_BYTES + " bytes at most.",
                null);
    }

    private static String message(Exception e) {
        return e instanceof com.fasterxml.jackson.core.JacksonException
                ? "the body is not JSON."
                : String.valueOf(e.getMessage());
    }

    private static String pathInfo(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        String rest = path.substring(path.indexOf(PATH) + PATH.length());
        return URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, String[]> parameters(HttpServerRequest request) {
        Map<String, String[]> parameters = new HashMap<>();
        request.params().forEach((name, value) -> parameters.put(name, new String[] {value}));
        return parameters;
    }
}
