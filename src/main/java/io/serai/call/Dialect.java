package io.serai.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * How the clients of a door speak. Inside, the broker speaks OpenAI's chat: a dialect turns a request into it, and out of it
 * whatever comes back. One for each call, for it may remember what it turned; a door's first step gives it to the call.
 *
 * <p>What is not overridden is OpenAI's chat itself, whose chunks pass untouched.
 */
public interface Dialect {
    /** OpenAI's chat. */
    Dialect CHAT = new Dialect() {};

    /** What it is called in the ledger. */
    default String name() {
        return "openai";
    }

    /**
     * The request as a chat's.
     *
     * @param call of which only the head is known so far
     * @throws ApiError 400, for what is wrong and for what a chat can't do
     */
    default ObjectNode request(Call call, ObjectNode body) {
        return body;
    }

    /** A whole answer; {@code chat} is in OpenAI's shape and may be changed. */
    default ObjectNode reply(ObjectNode chat) {
        return chat;
    }

    /** What a stream is turned with, one for each attempt; null: its chunks go out as they are. */
    default @Nullable Chunks chunks(Call call) {
        return null;
    }

    /** What follows the last chunk of a stream that ended well. */
    default String ending() {
        return "data: [DONE]\n\n";
    }

    /** An error; {@code error} is in OpenAI's shape. */
    default ObjectNode error(ObjectNode error) {
        return error;
    }

    /** The same as the last event of a stream. */
    default String errorEvent(ObjectNode error) {
        return "data: " + error(error) + "\n\n";
    }

    /** Turns the chunks of one stream. Its event loop only. */
    interface Chunks {
        /**
         * @param json holds the chunk from {@code from} to {@code to}; valid during the call only
         * @param events takes what the client gets instead, often nothing
         */
        void chunk(byte[] json, int from, int to, Events events);
    }

    /** Takes events for the client. */
    interface Events {
        /** @param json one JSON text, without framing */
        void event(byte[] json, int from, int to);
    }
}
