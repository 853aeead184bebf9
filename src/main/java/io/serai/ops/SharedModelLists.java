package io.serai.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.cache.CacheContent;
import io.serai.cache.CacheKey;
import io.serai.cache.Parcel;
import io.serai.config.Secret;
import io.serai.models.ModelLists;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetched lists in the cache, where the next start finds them, and other brokers where they share it. A provider stands there by
 * the hash of its identity, which is its address and its keys: whoever can't ask it has no use for its list.
 */
final class SharedModelLists {
    private static final Logger LOG = LoggerFactory.getLogger(SharedModelLists.class);
    private static final String KIND = "models";

    private final ModelLists lists;
    private final ObjectMapper json;
    private final String prefix;
    private final Duration ttl;

    /** @param prefix of the cache's keys */
    SharedModelLists(ModelLists lists, ObjectMapper json, String prefix, Duration ttl) {
        this.lists = lists;
        this.json = json;
        this.prefix = prefix;
        this.ttl = ttl;
    }

    CacheKey key(String identity) {
        return new CacheKey(KIND, Secret.sha256(identity), prefix);
    }

    /** What was fetched, to be kept. */
    CacheContent content(String identity, String provider) throws IOException {
        return new CacheContent(key(identity), "", provider, "", ttl, json.writeValueAsBytes(lists.told(identity)));
    }

    /** True when the list is known now, and need not be fetched. */
    boolean recall(String identity, Parcel found, Duration every) {
        try {
            return lists.tell(identity, json.readTree(found.content()), every);
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.debug("A kept model list can't be read", e);
            return false;
        }
    }
}
