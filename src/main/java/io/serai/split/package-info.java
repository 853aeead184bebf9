/**
 * Requests that are longer than any candidate takes at once: they are asked in parts, and a last call makes one answer of the
 * answers. The steps of the route {@code split}. Parts run on virtual threads, some of one request at a time; a {@link
 * io.serai.split.Split} belongs to one request and is used by all of them.
 */
@NullMarked
package io.serai.split;

import org.jspecify.annotations.NullMarked;
