/**
 * What is counted of requests, for Prometheus and for people. Records come from the ledger's tap, on its threads; everything
 * here outlives a generation, and may be used from any thread.
 */
@org.jspecify.annotations.NullMarked
package io.serai.metrics;
