/** A real Redis, and what brokers share in it. */
@org.jspecify.annotations.NullMarked
package io.serai.redis;
