@NullMarked
package io.serai.condense;

import org.jspecify.annotations.NullMarked;
