/**
 * Reading request bodies into trees without paying for long texts that nobody looks at, and small files of JSON that outlive the
 * process.
 */
@org.jspecify.annotations.NullMarked
package io.serai.json;
