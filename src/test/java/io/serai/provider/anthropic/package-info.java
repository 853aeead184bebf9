/** Anthropic's side of the broker, through the real broker against a stub that is as strict as the vendor. */
@org.jspecify.annotations.NullMarked
package io.serai.provider.anthropic;
