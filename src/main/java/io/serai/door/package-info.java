/**
 * Where clients come in and answers go out: OpenAI's dialect over HTTP.
 *
 * <p>The steps of {@code routes/api} and of {@code admit} and {@code respond}. They run on the request's virtual thread; what
 * they write goes through the call's {@link io.serai.call.ClientResponse}. Nothing of a client's headers becomes a Camel
 * header, so nothing of them can reach a provider or come back.
 */
@org.jspecify.annotations.NullMarked
package io.serai.door;
