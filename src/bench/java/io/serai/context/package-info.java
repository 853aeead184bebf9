/** What it costs to know how long a request is. */
@NullMarked
package io.serai.context;

import org.jspecify.annotations.NullMarked;
