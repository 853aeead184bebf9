/** What it costs to count a request; here for what only this package may call. */
package io.serai.metrics;
