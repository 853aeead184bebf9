package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields that need no translation: the vendor's own go out as they are, and of the rest, which the vendor would answer
 * with 400, nothing is lost without a word.
 */
final class OtherFields {
    /** Translated elsewhere. */
    private static final Set<String> TRANSLATED = Set.of(
            "model",
            "messages",
            "stream",
            "stream_options",
            "system",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "stop",
            "stop_sequences",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "reasoning_effort",
            "thinking",
            "output_config",
            "user",
            "safety_identifier",
            "metadata",
            "service_tier");

    /** Fields of the vendor's own that go out as they are (API reference, "Create a Message"; some need a beta header). */
    private static final Set<String> NATIVE = Set.of(
            "cache_control",
            "container",
            "context_management",
            "diagnostics",
            "fallback_credit_token",
            "fallbacks",
            "inference_geo",
            "mcp_servers",
            "speed");

    private final Parameters params;

    OtherFields(Parameters params) {
        this.params = params;
    }

    void add(Attempt attempt, ObjectNode body, ObjectNode out) throws UpstreamException {
        user(attempt, body, out);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (name.equals("service_tier")) {
                tier(attempt, value, out);
            } else if (NATIVE.contains(name)) {
                if (!value.isNull()) {
                    out.set(name, value);
                }
            } else if (name.equals("functions") || name.equals("function_call")) {
                throw Parameters.invalid(name, "'" + name + "' is not known any more; use 'tools' and 'tool_choice'.");
            } else if (!TRANSLATED.contains(name) && !Neutral.is(name, value)) {
                params.adapted(attempt, name);
            }
        }
    }

    /** Of OpenAI's {@code metadata} the vendor has a place for {@code user_id} only. */
    private void user(Attempt attempt, ObjectNode body, ObjectNode out) throws UpstreamException {
        JsonNode metadata = body.path("metadata");
        JsonNode user = metadata.path("user_id");
        for (String name : List.of("safety_identifier", "user")) {
            user = body.path(name).isTextual() && !user.isTextual() ? body.path(name) : user;
        }
        if (user.isTextual()) {
            out.putObject("metadata").set("user_id", user);
        }
        if (metadata.size() > (metadata.has("user_id") ? 1 : 0)) {
            params.adapted(attempt, "metadata");
        }
    }

    private void tier(Attempt attempt, JsonNode tier, ObjectNode out) throws UpstreamException {
        switch (tier.asText("")) {
            case "auto", "standard_only" -> out.set("service_tier", tier);
            case "default" -> out.put("service_tier", "standard_only");
            default -> {
                if (!tier.isNull()) {
                    params.adapted(attempt, "service_tier");
                }
            }
        }
    }
}
