/** The ledger, on SQLite and on a real MariaDB. */
@org.jspecify.annotations.NullMarked
package io.serai.ledger;
