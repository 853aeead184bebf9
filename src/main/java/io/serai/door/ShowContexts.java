package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.models.ContextTable;
import io.serai.models.ContextUse;
import java.time.temporal.ChronoUnit;
import org.apache.camel.Exchange;

/**
 * {@code GET /api/context}: {@code {providers: {id: {models: {name: {context_size, condense_context, condense_method, requests,
 * last_effective_context, largest_effective_context, estimated, last_used}}}}}}; what nobody said is left out.
 */
public final class ShowContexts {
    private final ObjectMapper json;
    private final ContextTable contexts;

    public ShowContexts(ObjectMapper json, ContextTable contexts) {
        this.json = json;
        this.contexts = contexts;
    }

    public void show(Exchange exchange) {
        ObjectNode answer = json.createObjectNode();
        ObjectNode providers = answer.putObject("providers");
        for (ContextTable.Row row : contexts.rows()) {
            describe(
                    providers
                            .withObjectProperty(row.provider())
                            .withObjectProperty("models")
                            .putObject(row.model()),
                    row);
        }
        Answers.send(Call.of(exchange), answer);
    }

    private static void describe(ObjectNode node, ContextTable.Row row) {
        if (row.size() != null) {
            node.put("context_size", row.size());
        }
        if (row.condensePercent() != null) {
            node.put("condense_context", row.condensePercent());
        }
        if (!row.condenseMethods().isEmpty()) {
            row.condenseMethods().forEach(node.putArray("condense_method")::add);
        }
        ContextUse.Seen seen = row.seen();
        if (seen != null) {
            node.put("requests", seen.requests())
                    .put("last_effective_context", seen.last())
                    .put("largest_effective_context", seen.largest())
                    .put("estimated", seen.estimated())
                    .put("last_used", seen.at().truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
