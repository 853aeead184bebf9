package io.serai.batch;

import io.serai.call.Attempt;
import io.serai.call.Caller;
import io.serai.json.CanonicalJson;
import java.util.Set;

/**
 * What requests must have in common to travel together.
 *
 * @param tenant the label of the key; empty where tenants may mix
 * @param where the provider, or its one key
 * @param model the provider's own name of it
 * @param digest of the body's canonical form: fields in order of their names, numbers by value; SHA-256 in hex
 */
record Identity(String tenant, String where, String model, String digest) {
    /** @param without a field that may differ; empty: none may */
    static Identity of(Attempt attempt, String where, String without, boolean acrossTenants) {
        Caller caller = attempt.call().caller();
        String tenant = acrossTenants ? "" : (caller.admin() ? "admin " : "key ") + caller.key();
        return new Identity(
                tenant,
                where,
                attempt.target().model(),
                CanonicalJson.sha256(attempt.body(), without.isEmpty() ? Set.of() : Set.of(without)));
    }
}
