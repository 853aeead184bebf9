/** What condensers read and write: passages of messages, their words, and which of them there is room for. Pure functions. */
@NullMarked
package io.serai.condense.text;

import org.jspecify.annotations.NullMarked;
