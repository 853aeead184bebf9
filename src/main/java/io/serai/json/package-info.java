/** Reading request bodies into trees without paying for long texts that nobody looks at. Stateless. */
@org.jspecify.annotations.NullMarked
package io.serai.json;
