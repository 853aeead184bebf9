/** The pages of {@code docs/reference} that are made from the shipped files, and the links between all pages. */
@org.jspecify.annotations.NullMarked
package io.serai.docs;
