/** What a row costs on its way to the database; here for what only this package may call. */
package io.serai.ledger;
