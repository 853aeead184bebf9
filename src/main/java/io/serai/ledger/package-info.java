/** What becomes of a finished call: fed by wire taps with immutable records, on threads of its own. */
@org.jspecify.annotations.NullMarked
package io.serai.ledger;
