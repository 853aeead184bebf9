/** Where log lines go: the console, as text or JSON, written by a thread of its own. */
@org.jspecify.annotations.NullMarked
package io.serai.log;
