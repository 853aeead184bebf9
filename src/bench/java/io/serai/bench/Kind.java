package io.serai.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.Snapshot;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import io.serai.provider.Adapter;
import io.serai.provider.anthropic.AnthropicAdapter;
import io.serai.provider.google.CachedContents;
import io.serai.provider.google.GoogleAdapter;
import io.serai.provider.ollama.OllamaAdapter;
import io.serai.provider.openai.OpenAiAdapter;
import java.time.Clock;
import java.util.function.BiFunction;

/** A provider kind to be measured: its adapter, and an event of its stream that brings a word, as it stands on the wire. */
public enum Kind {
    OPENAI(
            (json, snapshot) -> new OpenAiAdapter(json, snapshot.settings()),
            "data: {\"id\":\"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT\",\"object\":\"chat.completion.chunk\",\"created\":1741569952,"
                    + "\"model\":\"m\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":[{\"index\":0,"
                    + "\"delta\":{\"content\":\" morning\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n"),
    ANTHROPIC(
            (json, snapshot) -> new AnthropicAdapter(
                    json, snapshot.settings(), new ModelTable(snapshot, new ModelLists(Clock.systemUTC()))),
            "event: content_block_delta\n"
                    + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":"
                    + "\" morning\"}}\n\n"),
    GOOGLE(
            (json, snapshot) ->
                    new GoogleAdapter(json, snapshot.settings(), new CachedContents(json, System::nanoTime)),
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\" morning\"}],\"role\":\"model\"},\"index\":0}],"
                    + "\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":5,\"totalTokenCount\":13,"
                    + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":8}]},\"modelVersion\":\"gemini-2.5-flash\","
                    + "\"responseId\":\"1gAHaMa6LrOIkdUPm5LQkAg\"}\n\n"),
    OLLAMA(
            (json, snapshot) -> new OllamaAdapter(json, snapshot.settings()),
            "{\"model\":\"m\",\"created_at\":\"2023-08-04T08:52:19.385406455-07:00\",\"message\":{\"role\":\"assistant\",\"content\":"
                    + "\" morning\"},\"done\":false}\n");

    final BiFunction<ObjectMapper, Snapshot, Adapter> adapter;
    final String event;

    Kind(BiFunction<ObjectMapper, Snapshot, Adapter> adapter, String event) {
        this.adapter = adapter;
        this.event = event;
    }

    /** As in {@code providers.yaml}. */
    String type() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
