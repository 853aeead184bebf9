package io.serai.matrix;

import io.serai.stub.AnthropicRules;
import io.serai.stub.GoogleRules;
import io.serai.stub.OllamaRules;
import io.serai.stub.OpenAiRules;
import java.util.List;

/** Every column of the matrix. */
final class Kinds {
    static final List<Kind> ALL = List.of(openai(), anthropic(), google(), ollama());

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

    private static Kind openai() {
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

    private static Kind anthropic() {
        return new Kind(
                "anthropic",
                "anthropic",
                "",
                "/anthropic/v1/messages",
                "/anthropic/v1/messages",
                List.of(),
                new AnthropicRules(),
                Kind.SSE,
                Kind::typedSse,
                body -> body.put("stream", true));
    }

    private static Kind ollama() {
        return new Kind(
                "ollama",
                "ollama",
                "",
                "/ollama/api/chat",
                "/ollama/api/chat",
                List.of(),
                new OllamaRules(),
                Kind.NDJSON,
                Kind::line,
                body -> body.put("stream", true));
    }
}
