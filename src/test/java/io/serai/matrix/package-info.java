/**
 * The translation matrix: requests x kinds of provider, each cell a file of what has to go out and what has to come back.
 *
 * <p>Requests stand in {@code matrix/requests}, a kind's cells in {@code matrix/<kind>}; {@code matrix/README.md} says how to
 * write one. A vendor's streams stand in {@code streams/<kind>} and are cut everywhere.
 */
@org.jspecify.annotations.NullMarked
package io.serai.matrix;
