package io.serai.door;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.NetUtil;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.ledger.Books;
import io.serai.ledger.UsageQuery;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code GET /billing/usage} is asked for. The body becomes the parameters of {@code usage.sql}. 400 for what can't be
 * read and for parameters that it does not have: a bill with a filter that was misspelt would be a wrong one. 503 without a ledger.
 */
public final class ReadUsageQuery implements Processor {
    static final String QUERY = "usageQuery";
    static final String CSV = "usageAsCsv";

    private static final String PATH = "/billing/usage/";
    private static final String LOCAL = "local";
    private static final Set<String> NAMES = Set.of("from", "to", "model", "provider", "key", "group", "format");
    private static final long LAST_SECOND = 253_402_300_799L; // of the year 9999

    private final Books books;

    public ReadUsageQuery(Books books) {
        this.books = books;
    }

    @Override
    public void process(Exchange exchange) {
        if (!books.areKept()) {
            throw new ApiError(
                    503, "api_error", "no_ledger", null, "There is no ledger: serai.ledger.enabled is false.", null);
        }
        Map<String, List<String>> asked = asked(DoorRequest.of(exchange).http().query());
        String format = one(asked, "format", "json");
        if (!format.equals("json") && !format.equals("csv")) {
            throw bad("format", "is json or csv");
        }
        UsageQuery query = new UsageQuery(
                time(asked, "from", Instant.EPOCH),
                time(asked, "to", Instant.now()),
                group(one(asked, "group", "model")),
                one(asked, "model", ""),
                one(asked, "provider", ""),
                one(asked, "key", ""),
                address(Call.of(exchange).door()));
        if (query.from().isAfter(query.to())) {
            throw bad("from", "is later than 'to'");
        }
        exchange.setProperty(QUERY, query);
        exchange.setProperty(CSV, format.equals("csv"));
        exchange.getMessage().setBody(query.parameters());
    }

    private static Map<String, List<String>> asked(@Nullable String query) {
        Map<String, List<String>> asked;
        try {
            asked = new QueryStringDecoder(query == null ? "" : query, false).parameters();
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("invalid_parameter", null, "The address's query can't be read.");
        }
        asked.forEach((name, values) -> {
            if (!NAMES.contains(name)) {
                throw ApiError.badRequest(
                        "unknown_parameter",
                        null,
                        "This takes from, to, model, provider, key, group and format, and nothing else.");
            }
            if (values.size() > 1) {
                throw bad(name, "stands there more than once");
            }
        });
        return asked;
    }

    private static String one(Map<String, List<String>> asked, String name, String usual) {
        String value = asked.getOrDefault(name, List.of("")).get(0);
        return value.isEmpty() ? usual : value;
    }

    private static UsageQuery.Group group(String name) {
        for (UsageQuery.Group group : UsageQuery.Group.values()) {
            if (group.name().toLowerCase(Locale.ROOT).equals(name)) {
                return group;
            }
        }
        throw bad("group", "is model, provider, key, ip, day or hour");
    }

    private static Instant time(Map<String, List<String>> asked, String name, Instant usual) {
        String value = one(asked, name, "").replace(' ', '+'); // of an offset that was not encoded
        if (value.isEmpty()) {
            return usual;
        }
        try {
            Instant time = value.matches("\\d{1,12}")
                    ? Instant.ofEpochSecond(Long.parseLong(value))
                    : OffsetDateTime.parse(value).toInstant();
            if (time.isBefore(Instant.EPOCH) || time.getEpochSecond() > LAST_SECOND) {
                throw bad(name, "is not between 1970 and 9999");
            }
            return time;
        } catch (DateTimeException e) {
            throw bad(name, "is a time such as 2026-01-31T00:00:00Z, or seconds since 1970");
        }
    }

    /** The path's, in the form that the ledger has it in; empty without one. */
    private static String address(String path) {
        int from = path.indexOf(PATH);
        String text = from < 0 ? "" : QueryStringDecoder.decodeComponent(path.substring(from + PATH.length()));
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (text.isEmpty() || text.equals(LOCAL)) {
            return text;
        }
        if (bytes == null) {
            throw bad("ip", "is an address such as 192.0.2.1 or 2001:db8::1");
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // 4 or 16 bytes
        }
    }

    private static ApiError bad(String name, String what) {
        return ApiError.badRequest("invalid_parameter", name, "'" + name + "' " + what + ".");
    }
}
