package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.call.Operation;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up in the loaded configuration: the only way from a client's text to a route. Each public method is a step.
 */
public final class Directory {
    private final Snapshot snapshot;
    private final Instances instances;
    private final Health health;

    public Directory(Snapshot snapshot, Instances instances, Health health) {
        this.snapshot = snapshot;
        this.instances = instances;
        this.health = health;
    }

    /** Splits the model path, for dispatch to branch on. */
    public void resolve(Exchange exchange) {
        Call call = Call.of(exchange);
        call.resolved(ModelPath.parse(call.model()));
    }

    /** The candidates of {@code provider/model}: the provider's keys. */
    public void ofProvider(Exchange exchange) {
        Call call = Call.of(exchange);
        ModelPath path = path(call);
        List<Instance> keys = instances.of(path.name());
        if (keys.isEmpty()) {
            throw unknownProvider(path);
        }
        Provider provider = keys.get(0).provider();
        if (path.model().isEmpty()) {
            throw ApiError.modelNotFound("Name a model behind the provider: '" + path.name() + "/<model>'.");
        }
        if (!provider.takes(path.model())) {
            List<String> declared =
                    provider.models().stream().map(Provider.Model::name).toList();
            throw ApiError.modelNotFound("The provider '" + path.name() + "' has no model '" + LogText.of(path.model())
                    + "'." + Names.suggestion(path.model(), declared));
        }
        start(call, List.of(candidate(keys, path.model(), null)));
    }

    /** The candidates of a catalogue name: its backends, in order, as far as there is a key for them. */
    public void ofCatalogue(Exchange exchange) {
        Call call = Call.of(exchange);
        String name = path(call).name();
        Catalogue.Entry entry = snapshot.catalogue().models().get(name);
        if (entry == null) {
            throw unknownName(name);
        }
        Operation wanted = call.operation();
        if (!entry.does(wanted.capability())) {
            throw ApiError.badRequest(
                    "model_not_supported",
                    "model",
                    "'" + name + "' does no " + wanted.words() + "; it is for "
                            + (entry.chats() ? "chat" : String.join(", ", entry.capabilities())) + ".");
        }
        List<Candidate> candidates = new ArrayList<>();
        for (Catalogue.Backend backend : entry.backends()) {
            List<Instance> keys = instances.of(backend.provider());
            if (!keys.isEmpty() && keys.get(0).provider().takes(backend.model())) {
                candidates.add(
                        candidate(keys, backend.model(), entry.contextWindow() > 0 ? entry.contextWindow() : null));
            }
        }
        if (candidates.isEmpty()) {
            String providers = String.join(
                    ", ",
                    entry.backends().stream()
                            .map(Catalogue.Backend::provider)
                            .distinct()
                            .toList());
            throw ApiError.modelNotFound("No provider of '" + name + "' is configured here. It runs at: " + providers
                    + ". The operator can add one by setting its key.");
        }
        start(call, candidates);
    }

    /** A rotation or an autoselect: this broker has none yet. */
    public void refuseUnknown(Exchange exchange) {
        ModelPath path = path(Call.of(exchange));
        throw ApiError.modelNotFound("There is no " + path.getKind() + " '" + LogText.of(path.name())
                + "'. Name a provider's model as provider/model, or a name from /v1/models.");
    }

    private void start(Call call, List<Candidate> candidates) {
        call.begin(new Walk(call, candidates, snapshot.settings(), health));
    }

    private Candidate candidate(List<Instance> keys, String model, @Nullable Integer contextWindow) {
        Provider provider = keys.get(0).provider();
        Integer declared =
                provider.model(model).map(Provider.Model::contextSize).orElse(null);
        List<Instance> inTurn = keys;
        if (keys.size() > 1) {
            inTurn = new ArrayList<>(keys);
            Collections.rotate(inTurn, -health.turn(provider.id(), keys.size()));
        }
        return new Candidate(inTurn, model, declared != null ? declared : contextWindow);
    }

    private ApiError unknownProvider(ModelPath path) {
        Provider configured = snapshot.providers().get(path.name());
        if (configured != null) {
            return ApiError.modelNotFound("The provider '" + path.name() + "' is of type '" + configured.type()
                    + "', which this broker can't speak to.");
        }
        if (snapshot.awaited().containsKey(path.name())) {
            return ApiError.modelNotFound("Nothing answers at the usual address of '" + path.name()
                    + "'. It is here as soon as it runs; if it runs elsewhere, the operator can say where.");
        }
        if (path.name().isBlank()) {
            return ApiError.modelNotFound(
                    "Name a provider before the slash: provider/model. Or a name from /v1/models.");
        }
        return ApiError.modelNotFound("There is no provider '" + LogText.of(path.name()) + "' with a key here."
                + Names.suggestion(path.name(), instances.providers()));
    }

    private ApiError unknownName(String name) {
        List<String> known = new ArrayList<>(snapshot.catalogue().models().keySet());
        for (String provider : instances.providers()) {
            instances.of(provider).get(0).provider().models().forEach(m -> known.add(provider + "/" + m.name()));
        }
        return ApiError.modelNotFound("There is no model '" + LogText.of(name) + "'." + Names.suggestion(name, known)
                + " /v1/models lists what there is; any provider's model is provider/model.");
    }

    private static ModelPath path(Call call) {
        if (call.getPath() instanceof ModelPath path) {
            return path;
        }
        throw new IllegalStateException("dispatch resolves the model first");
    }
}
