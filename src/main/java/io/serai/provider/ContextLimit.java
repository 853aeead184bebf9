package io.serai.provider;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads how many tokens a model takes out of a provider's own words on a request that was too long. The words are those of
 * one error whose kind is already known: nothing here decides whether a request was too long.
 */
public final class ContextLimit {
    private static final String TOKENS = "(\\d[\\d,]{0,12})";

    private static final List<Pattern> WORDINGS = List.of(
            // OpenAI, DeepSeek, vLLM, OpenRouter ("This endpoint's ..."), SGLang ("length of"):
            // https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/serving_engine.py
            wording("maximum context length (?:is|of) " + TOKENS),
            // Mistral: "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"
            wording(TOKENS + " maximum context length"),
            // SGLang, Fireworks: "exceeds the model's maximum context length (262144)"
            wording("maximum context length \\(" + TOKENS),
            // Anthropic, https://platform.claude.com/docs/en/api/errors: "prompt is too long: 210000 tokens > 200000
            // maximum"
            wording("prompt is too long: [\\d,]+ tokens > " + TOKENS + " maximum"),
            // Anthropic: "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000"
            wording("exceed context limit: [\\d,]+ \\+ [\\d,]+ > " + TOKENS),
            // Google, https://github.com/google-gemini/gemini-cli/issues/6678; the brackets are not always there
            wording("maximum number of tokens allowed \\(?" + TOKENS),
            // llama.cpp's server, https://github.com/ggml-org/llama.cpp/pull/15780 and later
            wording("available context size \\(" + TOKENS),
            // llama-cpp-python: "Requested tokens (2285) exceed context window of 2048"
            wording("exceed context window of " + TOKENS),
            // Together: "The input (516368 tokens) is longer than the model's context length (262144 tokens)."
            wording("longer than the model's context length \\(" + TOKENS),
            // xAI: "This model's maximum prompt length is 131072 but the request contains 537812 tokens."
            wording("maximum prompt length is " + TOKENS),
            // OpenAI, models with a limit of their own for the input: "Input tokens exceed the configured limit of
            // 272000 tokens."
            wording("exceed the configured limit of " + TOKENS));

    /** Fewer tokens than any model takes, and more than any: such a number is something else. */
    private static final int FEWEST = 256;

    private static final int MOST = 100_000_000;

    private ContextLimit() {}

    private static Pattern wording(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /** The tokens that the message says the model takes at most; null when it names none that can be true. */
    public static @Nullable Integer in(String message) {
        for (Pattern wording : WORDINGS) {
            Matcher found = wording.matcher(message);
            if (found.find()) {
                long tokens = Long.parseLong(found.group(1).replace(",", ""));
                return tokens >= FEWEST && tokens <= MOST ? (int) tokens : null;
            }
        }
        return null;
    }
}
