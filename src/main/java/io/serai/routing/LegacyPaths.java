package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.LogText;
import io.serai.config.Provider;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.apache.camel.Exchange;

/**
 * AISBF's older addresses, {@code /api/{id}/...}: which autoselect, rotation or provider they mean, in this order. The id is
 * read from the request's own path, for nothing of a client's may become a Camel header.
 */
public final class LegacyPaths {
    private final Groups groups;
    private final Instances instances;

    public LegacyPaths(Groups groups, Instances instances) {
        this.groups = groups;
        this.instances = instances;
    }

    /**
     * The step that makes one model path of the address and of the body's {@code model}, which wins where it names an
     * autoselect or a rotation.
     *
     * @throws ApiError 404 when the address names nothing
     */
    public void model(Exchange exchange) {
        Call call = Call.of(exchange);
        call.setModel(path(idIn(call.door()), call.model()));
    }

    String path(String id, String model) {
        String named = groups.named(model);
        if (id.equals("rotations")) {
            return model.startsWith("rotation/") ? model : "rotation/" + model;
        }
        if (id.equals("autoselect")) {
            return model.startsWith("autoselect/") ? model : "autoselect/" + model;
        }
        if (named != null) {
            return named;
        }
        String group = groups.ofId(id);
        if (group != null) {
            return group;
        }
        if (instances.of(id).isEmpty()) {
            throw unknown(id);
        }
        return id + "/" + ofProvider(instances.of(id).get(0).provider(), model);
    }

    /**
     * The model as it stands, for some are called like their provider ({@code groq/compound}, {@code openrouter/auto}); only
     * where the provider declares its models, and this one without the provider's name before it, is that taken off.
     */
    private static String ofProvider(Provider provider, String model) {
        String prefix = provider.id() + "/";
        boolean repeated =
                model.startsWith(prefix) && !provider.takes(model) && provider.takes(model.substring(prefix.length()));
        return repeated ? model.substring(prefix.length()) : model;
    }

    /** The step that answers 404 with what there is. */
    public void help(Exchange exchange) {
        throw unknownUrl("Send chats to /v1/chat/completions, or to /api/{id}/chat/completions. " + what());
    }

    /** 404: there is nothing of that name, but this. */
    public ApiError unknown(String id) {
        return unknownUrl("There is no provider, rotation or autoselect '" + LogText.of(id) + "'. " + what());
    }

    private static ApiError unknownUrl(String message) {
        return new ApiError(404, "invalid_request_error", "unknown_url", null, message, null);
    }

    private String what() {
        return "Providers: " + list(instances.providers()) + ". Rotations: "
                + list(groups.rotations().keySet()) + ". Autoselects: "
                + list(groups.autoselects().keySet()) + ".";
    }

    static String list(Collection<String> ids) {
        return ids.isEmpty() ? "none" : String.join(", ", ids);
    }

    /** What stands behind {@code /api/} in a path, decoded. */
    public static String idIn(String path) {
        return idBehind("/api/", path);
    }

    /** What stands between {@code start} and the next slash of a path, decoded. */
    public static String idBehind(String start, String path) {
        String rest = path.substring(start.length());
        int slash = rest.indexOf('/');
        String id = slash < 0 ? rest : rest.substring(0, slash);
        try {
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8); // in a path + is itself
        } catch (IllegalArgumentException e) {
            return id;
        }
    }
}
