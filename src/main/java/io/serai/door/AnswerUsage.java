package io.serai.door;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.ledger.UsageQuery;
import io.serai.ledger.UsageSums;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the bill while its rows are read: as JSON {@code {from, to, groups: [{key, requests, ...}], totals, first_request,
 * last_request}}, or as a table of the groups.
 */
public final class AnswerUsage {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerUsage.class);
    private static final String HEAD =
            "key,requests,errors,cancelled,cached,input_tokens,output_tokens,cost_usd,unpriced,"
                    + "first_request,last_request,saved_input_tokens,saved_output_tokens,saved_usd\r\n";

    private final ObjectMapper json;

    public AnswerUsage(ObjectMapper json) {
        this.json = json;
    }

    /** The body is an iterator over the rows of {@code usage.sql}. 503 when the database fails at the first of them. */
    public void answer(Exchange exchange) {
        Call call = Call.of(exchange);
        ClientResponse client = call.client();
        UsageQuery query = exchange.getProperty(ReadUsageQuery.QUERY, UsageQuery.class);
        boolean csv = exchange.getProperty(ReadUsageQuery.CSV, Boolean.class);
        if (client == null || !(exchange.getMessage().getBody() instanceof Iterator<?> rows)) {
            return;
        }
        Pieces out = new Pieces(call, client, csv ? "text/csv; charset=utf-8" : "application/json");
        try {
            if (csv) {
                table(rows, query, out);
            } else {
                tree(rows, query, out);
            }
            call.answered(200, null);
            out.close();
        } catch (IOException e) {
            LOG.debug("A bill was not read to its end", e);
            out.cut();
        } catch (RuntimeCamelException e) {
            if (!out.begun()) {
                throw away(e);
            }
            LOG.warn("The database failed in the middle of a bill: {}", e.toString());
            out.cut();
        }
    }

    /** 503: the database does not answer. */
    public void away(Exchange exchange) {
        throw away(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    private static ApiError away(Exception cause) {
        LOG.warn("A bill has to wait for the ledger's database: {}", cause.toString());
        return new ApiError(
                503,
                "api_error",
                "ledger_unavailable",
                null,
                "The ledger's database does not answer at the moment. Requests are kept in the journal meanwhile.",
                Duration.ofSeconds(5));
    }

    private void tree(Iterator<?> rows, UsageQuery query, Pieces out) throws IOException {
        UsageSums all = UsageSums.NONE;
        JsonGenerator to = json.getFactory().createGenerator(out);
        to.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        to.writeStartObject();
        to.writeStringField("from", query.from().toString());
        to.writeStringField("to", query.to().toString());
        to.writeArrayFieldStart("groups");
        while (rows.hasNext()) {
            UsageSums sums = UsageSums.of((Map<?, ?>) rows.next());
            all = all.plus(sums);
            to.writeStartObject();
            to.writeStringField("key", key(sums, query.group()));
            counts(to, sums);
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeObjectFieldStart("totals");
        counts(to, all);
        to.writeEndObject();
        to.writeStringField("first_request", all.isEmpty() ? null : all.first().toString());
        to.writeStringField("last_request", all.isEmpty() ? null : all.last().toString());
        to.writeEndObject();
        to.close();
    }

    private static void counts(JsonGenerator to, UsageSums sums) throws IOException {
        to.writeNumberField("requests", sums.requests());
        to.writeNumberField("errors", sums.errors());
        to.writeNumberField("cancelled", sums.cancelled());
        to.writeNumberField("cached", sums.cached());
        to.writeNumberField("input_tokens", sums.inputTokens());
        to.writeNumberField("output_tokens", sums.outputTokens());
        to.writeFieldName("cost_usd");
        to.writeNumber(usd(sums.costUsd()));
        to.writeNumberField("unpriced", sums.unpriced());
        to.writeNumberField("saved_input_tokens", sums.savedInput());
        to.writeNumberField("saved_output_tokens", sums.savedOutput());
        to.writeFieldName("saved_usd");
        to.writeNumber(usd(sums.savedUsd()));
    }

    private static void table(Iterator<?> rows, UsageQuery query, Pieces out) throws IOException {
        out.write(HEAD.getBytes(StandardCharsets.UTF_8));
        while (rows.hasNext()) {
            UsageSums sums = UsageSums.of((Map<?, ?>) rows.next());
            String line = cell(key(sums, query.group())) + ',' + sums.requests() + ',' + sums.errors() + ','
                    + sums.cancelled() + ',' + sums.cached() + ',' + sums.inputTokens() + ',' + sums.outputTokens()
                    + ',' + usd(sums.costUsd()) + ',' + sums.unpriced() + ',' + sums.first() + ',' + sums.last()
                    + ',' + sums.savedInput() + ',' + sums.savedOutput() + ',' + usd(sums.savedUsd()) + "\r\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String key(UsageSums sums, UsageQuery.Group group) {
        return switch (group) {
            case MODEL, PROVIDER, KEY, IP -> sums.name();
            case HOUR -> sums.period().toString();
            case DAY -> sums.period().toString().substring(0, "2026-01-31".length());
        };
    }

    private static String usd(BigDecimal usd) {
        return usd.stripTrailingZeros().toPlainString();
    }

    /** A model's name may be anything that a client wrote: in a spreadsheet it must not become a formula. */
    private static String cell(String text) {
        String safe = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return safe.matches("[^\",\r\n]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
