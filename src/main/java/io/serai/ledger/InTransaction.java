package io.serai.ledger;

import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The steps inside are one transaction: a failure of any undoes all. camel-sql takes part by Spring's JDBC, which knows a
 * transaction by its thread; so the steps must not change it.
 */
public final class InTransaction implements Policy {
    private final TransactionTemplate transaction;

    public InTransaction(Database database) {
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {}

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> transaction.executeWithoutResult(status -> {
            try {
                steps.process(exchange);
            } catch (Exception e) {
                exchange.setException(e);
            }
            if (exchange.getException() != null) {
                status.setRollbackOnly();
            }
        });
    }
}
