/**
 * The dialects of clients that speak otherwise than OpenAI's chat, which is what the broker speaks inside. An object for each
 * call; requests and whole answers are turned on the request's thread, chunks on the stream's event loop.
 */
@org.jspecify.annotations.NullMarked
package io.serai.dialect;
