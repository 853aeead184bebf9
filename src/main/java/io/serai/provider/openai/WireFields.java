package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.provider.Parameters;
import io.serai.provider.RefusedFields;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a provider's settings say of a request's fields, whatever is asked for: the ones it refuses, and other names of some. */
final class WireFields {
    private final Parameters params;
    private final Map<String, RefusedFields> refusedFields = new ConcurrentHashMap<>();

    WireFields(Settings settings) {
        this.params = new Parameters(settings);
    }

    /**
     * Changes the attempt's body, gives it the provider's name of the model, and notes what was left out or renamed.
     *
     * @throws UpstreamException in strict mode, when the provider refuses a field: 400, {@code unsupported_parameter}
     */
    void adapt(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        Provider provider = attempt.target().provider();
        body.put("model", attempt.target().model());
        Set<String> refused = new LinkedHashSet<>(0);
        refusedBy(provider).remove(body, refused);
        for (String name : refused) {
            params.adapted(attempt, name);
        }
        provider.wire().renamedParameters().forEach((name, there) -> {
            if (body.has(name)) {
                JsonNode value = body.remove(name);
                if (!body.has(there)) {
                    body.set(there, value);
                }
                attempt.adapted().add(name);
            }
        });
    }

    private RefusedFields refusedBy(Provider provider) {
        return refusedFields.computeIfAbsent(
                provider.id(), id -> RefusedFields.of(provider.wire().unsupportedParameters()));
    }
}
