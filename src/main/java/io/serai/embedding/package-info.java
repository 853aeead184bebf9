/**
 * Sentence embeddings in this process: all-MiniLM-L6-v2, quantized, on the CPU. The model is loaded when it is first needed
 * and stays until the broker stops; vectors are made on platform threads of the package's own, for a native call would hold a
 * virtual thread's carrier. Any thread may ask; {@link io.serai.embedding.Sentences} is closed by the broker.
 */
@org.jspecify.annotations.NullMarked
package io.serai.embedding;
