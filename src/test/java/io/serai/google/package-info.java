/** Google's Gemini behind the real broker: a stub as strict as the vendor, and OpenAI's own client in front. */
package io.serai.google;
