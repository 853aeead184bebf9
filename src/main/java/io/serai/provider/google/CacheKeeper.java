package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Instance;
import io.serai.call.JsonBytes;
import io.serai.call.LogText;
import io.serai.provider.Redaction;
import io.serai.provider.UpstreamHeaders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, renews and deletes cached contents at Google, each on a virtual thread of its own: no request waits for it, and none
 * suffers from its failure. The three steps are called by a route, again and again.
 */
public final class CacheKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CacheKeeper.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FAREWELL_MS = 2_000;

    private final ObjectMapper json;
    private final CachedContents contents;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    public CacheKeeper(ObjectMapper json, CachedContents contents) {
        this.json = json;
        this.contents = contents;
    }

    /** Makes what requests have asked for. */
    public void create(Exchange exchange) {
        each(contents.wanted(), wanted -> {
            String name = null;
            try {
                ObjectNode body = (ObjectNode) json.readTree(wanted.content());
                body.put("ttl", seconds(wanted.ttl()));
                JsonNode answer = send(wanted.instance(), "POST", "cachedContents", JsonBytes.of(json, body));
                name = answer.path("name").textValue();
            } catch (IOException e) {
                warn("made", wanted.instance(), e);
            } finally {
                contents.made(wanted.key(), name);
            }
        });
    }

    /** Renews what is in use before it expires. */
    public void renew(Exchange exchange) {
        each(contents.toRenew(), kept -> {
            byte[] body = JsonBytes.of(json, json.createObjectNode().put("ttl", seconds(kept.ttl())));
            try {
                send(kept.instance(), "PATCH", kept.name() + "?updateMask=ttl", body);
                contents.renewed(kept.key());
            } catch (IOException e) {
                warn("renewed", kept.instance(), e);
                contents.forget(kept.instance(), kept.name());
            }
        });
    }

    /** Deletes what does not pay any more. */
    public void delete(Exchange exchange) {
        each(contents.toDelete(), this::delete);
    }

    private void delete(CachedContents.Kept kept) {
        try {
            send(kept.instance(), "DELETE", kept.name(), new byte[0]);
        } catch (IOException e) {
            warn("deleted", kept.instance(), e);
        }
    }

    private static <T> void each(List<T> all, Consumer<T> action) {
        all.forEach(one -> Thread.ofVirtual().name("gemini-cache").start(() -> action.accept(one)));
    }

    private static String seconds(Duration ttl) {
        return Math.max(1, ttl.toSeconds()) + "s";
    }

    private JsonNode send(Instance instance, String method, String path, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(instance.provider().endpoint() + "/v1beta/" + path))
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .header("content-type", "application/json");
        UpstreamHeaders.of(instance).forEach(request::setHeader);
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode() + ", " + said(answer.body()));
            }
            return json.readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private String said(byte[] body) {
        try {
            return json.readTree(body).path("error").path("message").asText("without a word");
        } catch (IOException e) {
            return "which is not JSON";
        }
    }

    private static void warn(String what, Instance instance, IOException e) {
        LOG.warn(
                "A cached content of {} could not be {}, and its requests go whole: {}",
                instance.id(),
                what,
                LogText.of(Redaction.of(instance, String.valueOf(e.getMessage()))));
    }

    /** Deletes all of them, as far as that is done in two seconds; they expire by themselves too. */
    @Override
    public void close() {
        List<CachedContents.Kept> left = contents.all();
        CountDownLatch open = new CountDownLatch(left.size());
        each(left, kept -> {
            try {
                delete(kept);
            } finally {
                open.countDown();
            }
        });
        try {
            if (!open.await(FAREWELL_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("{} cached contents at Google are left to expire", open.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}
