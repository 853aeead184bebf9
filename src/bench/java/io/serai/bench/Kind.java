package io.serai.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.Settings;
import io.serai.provider.Adapter;
import io.serai.provider.ollama.OllamaAdapter;
import io.serai.provider.openai.OpenAiAdapter;
import java.util.function.BiFunction;

/** A provider kind to be measured: its adapter, and an event of its stream that brings a word, as it stands on the wire. */
public enum Kind {
    OPENAI(
            OpenAiAdapter::new,
            "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,"
                    + "\"model\":\"m\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,"
                    + "\"delta\":{\"content\":\" morning\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n"),
    OLLAMA(
            OllamaAdapter::new,
            "{\"model\":\"m\",\"created_at\":\"2023-08-04T08:52:19.385406455-07:00\",\"message\":{\"role\":\"assistant\",\"content\":"
                    + "\" morning\"},\"done\":false}\n");

    final BiFunction<ObjectMapper, Settings, Adapter> adapter;
    final String event;

    Kind(BiFunction<ObjectMapper, Settings, Adapter> adapter, String event) {
        this.adapter = adapter;
        this.event = event;
    }

    /** As in {@code providers.yaml}. */
    String type() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
