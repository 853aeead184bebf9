@NullMarked
package io.serai.context;

import org.jspecify.annotations.NullMarked;
