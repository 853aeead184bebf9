/** The metrics, as Prometheus gets them. */
@org.jspecify.annotations.NullMarked
package io.serai.metrics;
