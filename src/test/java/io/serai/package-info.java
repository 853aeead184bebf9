/** Tests of the process: how it is launched and what starts beside the broker. */
@org.jspecify.annotations.NullMarked
package io.serai;
