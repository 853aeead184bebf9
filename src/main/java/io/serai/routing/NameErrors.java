package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.LogText;
import io.serai.call.Operation;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a client is told of a name that leads nowhere, with the nearest that does. */
final class NameErrors {
    private final Snapshot snapshot;
    private final Instances instances;

    NameErrors(Snapshot snapshot, Instances instances) {
        this.snapshot = snapshot;
        this.instances = instances;
    }

    /** @param known of the same kind */
    static ApiError group(ModelPath path, Set<String> known) {
        return ApiError.modelNotFound("There is no " + path.getKind() + " '" + LogText.of(path.name()) + "' here."
                + Names.suggestion(path.name(), known) + " The " + path.getKind() + "s: " + LegacyPaths.list(known)
                + ". Name a provider's model as provider/model, or a name from /v1/models.");
    }

    ApiError provider(ModelPath path) {
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

    /** One that the provider's list does not have. */
    static ApiError model(Provider provider, ModelPath path) {
        List<String> declared =
                provider.models().stream().map(Provider.Model::name).toList();
        return ApiError.modelNotFound("The provider '" + path.name() + "' has no model '" + LogText.of(path.model())
                + "'." + Names.suggestion(path.model(), declared));
    }

    ApiError name(String name) {
        List<String> known = new ArrayList<>(snapshot.catalogue().models().keySet());
        for (String provider : instances.providers()) {
            instances.of(provider).get(0).provider().models().forEach(m -> known.add(provider + "/" + m.name()));
        }
        return ApiError.modelNotFound("There is no model '" + LogText.of(name) + "'." + Names.suggestion(name, known)
                + " /v1/models lists what there is; any provider's model is provider/model.");
    }

    static ApiError otherPurpose(String name, Catalogue.Entry entry, Operation wanted) {
        return notSupported("'" + name + "' does no " + wanted.words() + "; it is for "
                + (entry.chats() ? "chat" : String.join(", ", entry.capabilities())) + ".");
    }

    static ApiError noBackend(String name, Catalogue.Entry entry) {
        List<String> providers = entry.backends().stream()
                .map(Catalogue.Backend::provider)
                .distinct()
                .toList();
        return ApiError.modelNotFound("No provider of '" + name + "' is configured here. It runs at: "
                + String.join(", ", providers) + ". The operator can add one by setting its key.");
    }

    static ApiError onlyChats(ModelPath path, Operation wanted) {
        return notSupported("'" + path.name() + "' chooses among models that chat. For " + wanted.words()
                + " name a model or a rotation.");
    }

    /** @param provider whose list of models is still to come */
    static ApiError listAwaited(String model, String provider) {
        return new ApiError(
                503,
                "api_error",
                "no_available_target",
                null,
                "The members of '" + model + "' are the models that chat in the list of '" + provider
                        + "', and this broker knows of none yet.",
                Duration.ofSeconds(5));
    }

    private static ApiError notSupported(String message) {
        return ApiError.badRequest("model_not_supported", "model", message);
    }
}
