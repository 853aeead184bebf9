package io.serai.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the Ollama that needs no entry answers. The probe's route tells; when the answer has changed, a new generation is
 * made, with Ollama or without. It outlives generations; any thread.
 */
final class Discovery {
    static final String OLLAMA = "ollama";

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    /** In a row, before it counts as gone: one that loads a large model may be slow for a moment. */
    private static final int MISSES = 3;

    private final ObjectMapper json;
    private boolean answering;
    private int missed;
    private @Nullable Runnable changed;

    Discovery(ObjectMapper json) {
        this.json = json;
    }

    /** The ids of those that answer. */
    synchronized Set<String> answering() {
        return answering ? Set.of(OLLAMA) : Set.of();
    }

    /** From now on the action runs after each change, on a thread of its own; at once when there was one before. */
    synchronized void whenChanged(Runnable action) {
        changed = action;
        if (answering) {
            tell();
        }
    }

    /** The last step of the probe's route: the message is the answer to a question for the version, or none. */
    void note(Exchange exchange) {
        boolean answers = isOllama(exchange);
        synchronized (this) {
            missed = answers ? 0 : missed + 1;
            if (answers && !answering) {
                answering = true;
                LOG.info("Ollama answers at its usual address: its models are ollama/<model>");
                tell();
            } else if (answering && missed >= MISSES) {
                answering = false;
                LOG.info("Ollama does not answer any more at its usual address");
                tell();
            }
        }
    }

    private void tell() {
        Runnable action = changed;
        if (action != null) {
            Thread.ofPlatform().name("serai-discovery").daemon().start(action);
        }
    }

    /** {@code {"version": "0.12.6"}}, https://docs.ollama.com/api-reference/get-version: something else may use the port. */
    private boolean isOllama(Exchange exchange) {
        if (exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class) != 200) {
            return false;
        }
        try {
            JsonNode answer = json.readTree(exchange.getMessage().getBody(byte[].class));
            return answer != null && answer.path("version").isTextual();
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
