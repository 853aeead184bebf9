/**
 * Finds prompts that only some models may be sent: such as hold private data, and such as ask for sexual content. Detectors are
 * stateless and run on the request's thread; what they are made of is read from {@code lexicon.yaml} with the first prompt that is
 * searched, and never where nothing is to be searched. No text of a prompt leaves this package but to a model that is configured to
 * read it.
 */
@org.jspecify.annotations.NullMarked
package io.serai.classify;
