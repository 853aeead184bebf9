/**
 * Anthropic's Messages API: requests, answers and streams between it and OpenAI's shape, and what its models differ in
 * ({@code models.yaml}). Adapters are shared by all requests; what belongs to one is made for it.
 */
@org.jspecify.annotations.NullMarked
package io.serai.provider.anthropic;
