@NullMarked
package io.serai.split;

import org.jspecify.annotations.NullMarked;
