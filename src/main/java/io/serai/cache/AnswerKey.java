package io.serai.cache;

import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.json.CanonicalJson;
import java.util.List;
import java.util.Set;

/**
 * What two requests must have in common to have one answer: all that stands in the body, in its canonical form, the model path,
 * the models behind it, and who asks. Whether it is to come as a stream makes no difference.
 */
final class AnswerKey {
    /** Of the layout of what is kept and of what goes into the key: an answer of another is not found. */
    private static final String VERSION = "1";
    /** The model goes in by its path, which a route may have changed. */
    private static final Set<String> WITHOUT = Set.of("stream", "stream_options", "model");

    private final String prefix;
    private final boolean acrossTenants;

    AnswerKey(String prefix, boolean acrossTenants) {
        this.prefix = prefix;
        this.acrossTenants = acrossTenants;
    }

    CacheKey of(Call call, Ways.Way way) {
        List<String> texts = List.of(VERSION, tenant(call.caller()), call.model(), way.identity());
        return new CacheKey(CacheKey.RESPONSE, CanonicalJson.sha256(texts, call.body(), WITHOUT), prefix);
    }

    /** The key's owner; without keys each address is one. */
    private String tenant(Caller caller) {
        if (acrossTenants) {
            return "";
        }
        if (caller.admin()) {
            return "admin";
        }
        return caller.key().equals("anonymous") ? "address " + caller.address() : "key " + caller.key();
    }
}
