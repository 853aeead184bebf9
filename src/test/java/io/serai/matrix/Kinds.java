package io.serai.matrix;

import io.serai.stub.GoogleRules;
import io.serai.stub.OpenAiRules;
import java.util.List;

/** Every column of the matrix. */
final class Kinds {
    static final List<Kind> ALL = List.of(openAi(), google());

    private Kinds() {}

    private static Kind google() {
        return new Kind(
                "google",
                "google",
                "",
                "/google/v1beta/models/{model}:generateContent",
                "/google/v1beta/models/{model}:streamGenerateContent?alt=sse",
                List.of(),
                new GoogleRules(),
                Kind.SSE,
                Kind::sse,
                body -> body);
    }

    private static Kind openAi() {
        return new Kind(
                "openai",
                "openai",
                "/v1",
                "/openai/v1/chat/completions",
                "/openai/v1/chat/completions",
                List.of(),
                new OpenAiRules(),
                Kind.SSE,
                Kind::sse,
                body -> {
                    body.put("stream", true).putObject("stream_options").put("include_usage", true);
                    return body;
                });
    }
}
