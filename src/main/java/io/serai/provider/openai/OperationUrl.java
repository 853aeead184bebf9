package io.serai.provider.openai;

import io.serai.call.Attempt;
import io.serai.call.Operation;
import io.serai.config.Provider;
import io.serai.provider.UpstreamUrl;

/** Where an OpenAI-compatible endpoint takes what is no chat. */
final class OperationUrl {
    private static final String CHATS = "/chat/completions";

    private OperationUrl() {}

    /** Beside the chats: an endpoint whose {@code chat_path} is {@code /deployments/{model}/chat/completions} has all else there too. */
    static String of(Attempt attempt) {
        Provider provider = attempt.target().provider();
        String chats = provider.wire().chatPath();
        String before = chats.endsWith(CHATS) ? chats.substring(0, chats.length() - CHATS.length()) : "";
        return provider.endpoint()
                + before.replace("{model}", UpstreamUrl.encode(attempt.target().model()))
                + path(attempt.call().operation());
    }

    private static String path(Operation operation) {
        return switch (operation) {
            case CHAT -> CHATS;
            case EMBEDDINGS -> "/embeddings";
            case SPEECH -> "/audio/speech";
            case TRANSCRIPTION -> "/audio/transcriptions";
            case TRANSLATION -> "/audio/translations";
            case IMAGE_GENERATION -> "/images/generations";
            case IMAGE_EDIT -> "/images/edits";
        };
    }
}
