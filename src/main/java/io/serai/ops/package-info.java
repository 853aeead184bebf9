/**
 * Doors for the operator's tools. {@link io.serai.ops.JolokiaAgent} lives as long as the process and belongs to the broker;
 * the doors belong to a generation and run on the calls' threads.
 */
@org.jspecify.annotations.NullMarked
package io.serai.ops;
