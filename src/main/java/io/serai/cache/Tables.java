package io.serai.cache;

import java.sql.Blob;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The steps of the routes of both database backends: what goes into a statement, and what comes out of it. */
final class Tables {
    private Tables() {}

    /** By the names that the routes use. */
    static Map<String, Processor> names() {
        return Map.of(
                "tableRow", Tables::row,
                "tableKey", Tables::key,
                "tableScope", Tables::scope,
                "tableBounds", Tables::bounds,
                "tableBytes", Tables::bytes,
                "tableSize", Tables::size,
                "tableCount", Tables::count);
    }

    private static void key(Exchange exchange) {
        exchange.getMessage()
                .setBody(Map.of(
                        "name", exchange.getMessage().getBody(CacheKey.class).name()));
    }

    private static void row(Exchange exchange) {
        CacheEntry entry = exchange.getMessage().getBody(CacheEntry.class);
        Map<String, Object> row = new HashMap<>();
        row.put("name", entry.getName());
        row.put("prefix", entry.key().prefix());
        row.put("kind", entry.getKind());
        row.put("path", cut(entry.path()));
        row.put("provider", entry.provider());
        row.put("model", cut(entry.model()));
        row.put("storedAt", entry.storedAt());
        row.put("expiresAt", entry.expiresAt());
        row.put("size", entry.getSize());
        row.put("content", entry.bytes());
        exchange.getMessage().setBody(row);
    }

    /** The columns' width; a client's longer text is cleared with everything else only. */
    private static String cut(String text) {
        return text.length() > 512 ? text.substring(0, 512) : text;
    }

    private static void scope(Exchange exchange) {
        CacheScope scope = exchange.getMessage().getBody(CacheScope.class);
        Map<String, Object> values = new HashMap<>();
        values.put("prefix", scope.prefix());
        values.put("kind", scope.kind() == null ? "" : scope.kind());
        values.put("provider", scope.provider() == null ? "" : scope.provider());
        values.put("model", scope.model() == null ? "" : scope.model());
        exchange.getMessage().setBody(values);
    }

    private static void bounds(Exchange exchange) {
        CacheBounds bounds = exchange.getMessage().getBody(CacheBounds.class);
        exchange.getMessage()
                .setBody(Map.of(
                        "prefix", bounds.prefix(),
                        "now", bounds.now(),
                        "maxEntries", bounds.maxEntries(),
                        "maxBytes", bounds.maxBytes()));
    }

    private static void bytes(Exchange exchange) throws SQLException {
        if (exchange.getMessage().getBody() instanceof Blob blob) {
            exchange.getMessage().setBody(blob.getBytes(1, (int) blob.length()));
        }
    }

    private static void size(Exchange exchange) {
        Map<?, ?> row = exchange.getMessage().getBody(Map.class);
        exchange.getMessage().setBody(new CacheSize(number(row, "entries"), number(row, "bytes")));
    }

    private static long number(Map<?, ?> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : 0;
    }

    private static void count(Exchange exchange) {
        Long rows = exchange.getMessage().getHeader("CamelSqlUpdateCount", Long.class);
        exchange.getMessage().removeHeaders("CamelSql*");
        exchange.getMessage().setBody(rows);
    }
}
