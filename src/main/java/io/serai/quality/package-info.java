/** Measures how good a decision is, on bundled texts: what {@code ./serai bench} prints, and the tables of the docs are made of. */
@org.jspecify.annotations.NullMarked
package io.serai.quality;
