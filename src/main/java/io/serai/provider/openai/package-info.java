/** OpenAI's wire format, and every provider that speaks it. */
@org.jspecify.annotations.NullMarked
package io.serai.provider.openai;
