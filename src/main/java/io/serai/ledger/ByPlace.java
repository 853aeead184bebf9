package io.serai.ledger;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of a row, texts, whole numbers and nulls, where the statement has its question marks, one after another.
 * camel-sql's own strategy would search the statement for names again for each row, and ask Spring what each value is.
 */
final class ByPlace implements SqlPrepareStatementStrategy {
    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, @Nullable Exchange exchange) {
        return query;
    }

    @Override
    public Iterator<?> createPopulateIterator(
            String query, String preparedQuery, int expectedParams, Exchange exchange, Object value) {
        return ((List<?>) value).iterator();
    }

    /** @throws SQLException also when the row has more or fewer values than the statement takes */
    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int expectedParams)
            throws SQLException {
        int place = 0;
        while (values.hasNext()) {
            Object value = values.next();
            place++;
            if (value instanceof Long number) {
                statement.setLong(place, number);
            } else if (value instanceof String text) {
                statement.setString(place, text);
            } else {
                statement.setNull(place, Types.NULL);
            }
        }
        if (place != expectedParams) {
            throw new SQLException("a row of " + place + " values for " + expectedParams + " places");
        }
    }
}
