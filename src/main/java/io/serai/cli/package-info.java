/** The command line: what {@code ./serai} hands over to Java. */
@org.jspecify.annotations.NullMarked
package io.serai.cli;
