package io.serai.condense;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.config.CondenseMethods;
import io.serai.context.Tokens;
import io.serai.routing.Condensing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.Exchange;

/**
 * The steps of {@code POST /v1/condense} (behaviour, section 20): a chat body, {@code method}, a name or a list of them, and
 * {@code target}, tokens that it is to come to.
 */
public final class CondenseDoor {
    private static final String ANSWER = "condense-answer";

    private final ObjectMapper json;
    private final int percent;
    private final Function<Call, Tokens> counting;

    /**
     * @param percent of the conversation that it is to come to where no target is said
     * @param counting how the model counts that a call names
     */
    public CondenseDoor(ObjectMapper json, int percent, Function<Call, Tokens> counting) {
        this.json = json;
        this.counting = counting;
        this.percent = percent;
    }

    /** From here on the exchange carries the conversation, to be condensed by the methods that the client names. */
    public void begin(Exchange exchange) {
        Call call = Call.of(exchange);
        ObjectNode body = call.body();
        List<String> methods = methods(body.path("method"));
        Tokens model = counting.apply(call);
        JsonNode wanted = body.path("target");
        if (!wanted.isMissingNode() && !(wanted.isIntegralNumber() && wanted.asLong() > 0)) {
            throw ApiError.badRequest("invalid_type", "target", "'target' must be a number of tokens above 0.");
        }
        long target = wanted.isMissingNode() ? model.ofChat(body) * percent / 100 : wanted.asLong();
        body.remove(List.of("method", "target"));
        // no room is too small: what can't be brought to the target comes back as short as it can be
        Condensing how = new Condensing(methods, 0, target, Long.MAX_VALUE / 1000);
        CondenseSteps.begin(exchange, call, how, call.model(), model);
        exchange.setProperty(ANSWER, Chain.of(exchange));
    }

    private static List<String> methods(JsonNode named) {
        List<String> methods = new ArrayList<>();
        if (named.isArray()) {
            named.forEach(name -> methods.add(name.asText()));
        } else if (named.isTextual()) {
            methods.add(named.asText());
        }
        if (methods.isEmpty()) {
            throw ApiError.badRequest(
                    "missing_required_parameter", "method", "Name a 'method', or a list of them: " + known());
        }
        if (!CondenseMethods.KNOWN.containsAll(methods)) {
            throw ApiError.badRequest(
                    "invalid_value", "method", "'method' names one that there is not. There are: " + known());
        }
        return List.copyOf(methods);
    }

    private static String known() {
        return String.join(", ", CondenseMethods.KNOWN) + ".";
    }

    /** The answer. */
    public ObjectNode answer(Exchange exchange) {
        Chain chain = exchange.getProperty(ANSWER, Chain.class);
        Condensation what = chain.condensed();
        ObjectNode answer = json.createObjectNode();
        answer.set("messages", chain.made());
        ArrayNode applied = json.createArrayNode();
        for (String method : what.method().split("\\+")) {
            if (!method.isEmpty()) {
                applied.add(method);
            }
        }
        answer.set("method", applied.size() == 1 ? applied.get(0) : applied);
        return answer.put("tokens_before", what.from())
                .put("tokens_after", what.to())
                .put("ms", chain.millis());
    }
}
