package io.serai.provider.openai;

import io.serai.call.Attempt;
import io.serai.provider.Adapter;
import io.serai.stream.EventDecoder;
import io.serai.stream.MediaDecoder;

/** What is no chat: its stream goes to the client as it is, events or bytes, under the provider's own content type. */
interface RelayedMedia extends Adapter {
    @Override
    default String relayedAs(String contentType) {
        return contentType;
    }

    @Override
    default EventDecoder decoder(Attempt attempt) {
        return new MediaDecoder(attempt);
    }
}
