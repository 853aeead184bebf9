package io.serai.server;

import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.config.Settings;
import io.serai.models.ModelTable;
import io.serai.provider.Adapters;
import io.serai.provider.HttpStreams;
import io.serai.provider.OpenStream;
import io.serai.provider.ProviderSteps;
import io.serai.provider.anthropic.AnthropicAdapter;
import io.serai.provider.google.GoogleAdapter;
import io.serai.provider.google.GoogleEmbeddings;
import io.serai.provider.local.Echo;
import io.serai.provider.local.EmbedTexts;
import io.serai.provider.local.LocalEmbeddings;
import io.serai.provider.ollama.OllamaAdapter;
import io.serai.provider.ollama.OllamaEmbeddings;
import io.serai.provider.openai.OpenAiAdapter;
import io.serai.provider.openai.OpenAiEmbeddings;
import io.serai.provider.openai.OpenAiImages;
import io.serai.provider.openai.OpenAiSpeech;
import io.serai.provider.openai.OpenAiTranscripts;
import java.util.Map;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;

/** Binds the steps of every provider kind: who translates for it, and over what its streams come. */
final class ProviderKinds {
    private final Main main;
    private final Runtime runtime;

    ProviderKinds(Main main, Runtime runtime) {
        this.main = main;
        this.runtime = runtime;
    }

    void bind(Settings settings, ModelTable models) {
        OpenAiAdapter chat = new OpenAiAdapter(runtime.json(), settings);
        bindHttp("openai", openAi(chat, settings));
        bindHttp("anthropic", Adapters.chat(new AnthropicAdapter(runtime.json(), settings, models)));
        bindHttp("google", google(settings));
        step("createGeminiCaches", runtime.cacheKeeper()::create);
        step("renewGeminiCaches", runtime.cacheKeeper()::renew);
        step("deleteGeminiCaches", runtime.cacheKeeper()::delete);
        bindHttp("ollama", ollama(settings));
        Echo echo = new Echo(runtime.json(), runtime.vertx());
        Adapters local = new Adapters(
                Map.of(Operation.CHAT, chat, Operation.EMBEDDINGS, new LocalEmbeddings(runtime.json(), settings)));
        bindSteps("local", local);
        main.bind("local-stream", new OpenStream(local, echo));
        main.bind("echo", echo);
        main.bind("embeds", (Predicate) exchange -> Call.of(exchange).operation() == Operation.EMBEDDINGS);
        main.bind("embedTexts", new EmbedTexts(runtime.sentences()));
    }

    private Adapters openAi(OpenAiAdapter chat, Settings settings) {
        OpenAiTranscripts transcripts = new OpenAiTranscripts(runtime.json(), settings);
        OpenAiImages images = new OpenAiImages(runtime.json(), settings);
        return new Adapters(Map.of(
                Operation.CHAT, chat,
                Operation.EMBEDDINGS, new OpenAiEmbeddings(runtime.json(), settings),
                Operation.SPEECH, new OpenAiSpeech(runtime.json(), settings),
                Operation.TRANSCRIPTION, transcripts,
                Operation.TRANSLATION, transcripts,
                Operation.IMAGE_GENERATION, images,
                Operation.IMAGE_EDIT, images));
    }

    private Adapters google(Settings settings) {
        return new Adapters(Map.of(
                Operation.CHAT, new GoogleAdapter(runtime.json(), settings, runtime.geminiCaches()),
                Operation.EMBEDDINGS, new GoogleEmbeddings(runtime.json(), settings)));
    }

    private Adapters ollama(Settings settings) {
        return new Adapters(Map.of(
                Operation.CHAT, new OllamaAdapter(runtime.json(), settings),
                Operation.EMBEDDINGS, new OllamaEmbeddings(runtime.json(), settings)));
    }

    private void bindHttp(String kind, Adapters adapters) {
        bindSteps(kind, adapters);
        main.bind(kind + "-stream", new OpenStream(adapters, new HttpStreams(runtime.vertx(), runtime.streams())));
    }

    private void bindSteps(String kind, Adapters adapters) {
        ProviderSteps steps = new ProviderSteps(adapters, runtime.timers());
        step(kind + "-prepare", steps::prepare);
        step(kind + "-classify", steps::classify);
        step(kind + "-read", steps::read);
    }

    /** A step that routes name; as a processor, for calling a bean's method by name costs several times as much. */
    private void step(String name, Processor step) {
        main.bind(name, step);
    }
}
