/**
 * Ollama's own API ({@code /api/chat}, {@code /api/embed}), as https://docs.ollama.com/api and the server's source
 * (github.com/ollama/ollama, {@code api/types.go}) describe it. Nothing here asks Ollama anything before a call: what a model
 * can't do, Ollama's answer says.
 */
@org.jspecify.annotations.NullMarked
package io.serai.provider.ollama;
