/** Thousands of random requests against vendors that fail in every way: each answer must be right, and nothing may stay behind. */
@org.jspecify.annotations.NullMarked
package io.serai.soak;
