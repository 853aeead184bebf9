package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.config.Provider;
import io.serai.models.ModelFacts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One provider's list of models while it is being fetched, request by request. */
public abstract sealed class Listing permits OpenAiListing, AnthropicListing, GoogleListing, OllamaListing {
    /** OpenRouter lists some hundreds; a list beyond this is cut, so that no provider can fill the memory. */
    public static final int MOST_MODELS = 20_000;
    /** Of one fetch; a provider whose pages never end is asked no more. */
    private static final int MOST_REQUESTS = 100;

    private final Map<String, ModelFacts> models = new LinkedHashMap<>();
    private @Nullable Request next;
    private int requests;

    Listing(Request first) {
        next = first;
    }

    /**
     * A request to make.
     *
     * @param url absolute
     * @param headers beside those that every request to the provider carries
     * @param body JSON to post; null: a GET
     */
    public record Request(String url, Map<String, String> headers, byte @Nullable [] body) {
        static Request get(String url) {
            return new Request(url, Map.of(), null);
        }
    }

    /** Of the provider's kind; empty for a kind that has no list. */
    public static Optional<Listing> of(Provider provider) {
        return switch (provider.type()) {
            case "openai", "kilo" -> Optional.of(new OpenAiListing(provider.endpoint()));
            case "anthropic" -> Optional.of(new AnthropicListing(provider.endpoint(), provider.apiVersion()));
            case "google" -> Optional.of(new GoogleListing(provider.endpoint()));
            case "ollama" -> Optional.of(new OllamaListing(provider.endpoint()));
            default -> Optional.empty();
        };
    }

    /** The request to make now; null: the list is complete. */
    public @Nullable Request next() {
        return next;
    }

    /**
     * Reads the answer to {@link #next}.
     *
     * @param answer the JSON of a 200
     * @throws NoListException when it is no list
     */
    public void read(JsonNode answer) throws NoListException {
        Request following = page(answer);
        requests++;
        next = requests < MOST_REQUESTS && models.size() < MOST_MODELS ? following : null;
    }

    /** The request was answered with an error; false when the list can't do without it. */
    public boolean goesOnWithout() {
        return false;
    }

    /** By the provider's own ids, in its order. */
    public Map<String, ModelFacts> models() {
        return Collections.unmodifiableMap(models);
    }

    /** Adds the models of an answer; returns the request after it, null after the last. */
    abstract @Nullable Request page(JsonNode answer) throws NoListException;

    final void requests(@Nullable Request following) {
        next = following;
    }

    /** The first of two models of one id counts; one whose id can't be asked for does not. */
    final boolean add(String id, ModelFacts facts) {
        return Said.isId(id) && models.size() < MOST_MODELS && models.putIfAbsent(id, facts) == null;
    }

    final void complete(String id, ModelFacts facts) {
        models.computeIfPresent(id, (same, before) -> facts);
    }
}
