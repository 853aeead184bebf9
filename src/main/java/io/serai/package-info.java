/** The process: the command line, and what starts beside the broker. */
@org.jspecify.annotations.NullMarked
package io.serai;
