package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.LogText;
import io.serai.config.Snapshot;
import io.serai.models.ModelTable;
import io.serai.routing.Instances;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked for here. An id may hold slashes. A list of thousands is written once and again only when something else is
 * known.
 */
public final class ListModels {
    private final ModelEntries entries;
    private final ModelTable models;
    private volatile @Nullable Written written;

    public ListModels(ObjectMapper json, Snapshot snapshot, Instances instances, ModelTable models, Instant loaded) {
        this.entries = new ModelEntries(json, snapshot, instances, models, loaded.getEpochSecond());
        this.models = models;
    }

    /**
     * The list as it goes out.
     *
     * @param version of what is known
     * @param one each entry, by id
     */
    private record Written(long version, byte[] all, String etag, Map<String, byte[]> one) {}

    /** The list, or the one model that the path names. 404 for an unknown one, 304 for a list that the client has. */
    public void show(Exchange exchange) {
        Call call = Call.of(exchange);
        String id = idIn(call.door());
        Written list = written();
        if (!id.isEmpty()) {
            byte[] model = list.one().get(id);
            if (model == null) {
                throw ApiError.modelNotFound(
                        "There is no model '" + LogText.of(id) + "'. /v1/models lists what there is.");
            }
            Answers.send(call, 200, Map.of(), model);
            return;
        }
        boolean had = list.etag().equals(DoorRequest.of(exchange).http().getHeader("if-none-match"));
        Answers.send(call, had ? 304 : 200, Map.of("etag", list.etag()), had ? new byte[0] : list.all());
    }

    /** One provider's entries of the list. */
    List<ObjectNode> ofProvider(String id) {
        List<ObjectNode> list = new ArrayList<>();
        entries.ofProvider(id, list::add);
        return list;
    }

    private Written written() {
        Written list = written;
        return list != null && list.version() == models.version() ? list : write();
    }

    private synchronized Written write() {
        Written list = written;
        long version = models.version();
        if (list != null && list.version() == version) {
            return list;
        }
        Map<String, byte[]> one = new HashMap<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes("{\"object\":\"list\",\"data\":[".getBytes(StandardCharsets.UTF_8));
        entries.each(entry -> {
            byte[] bytes = entry.toString().getBytes(StandardCharsets.UTF_8);
            if (!one.isEmpty()) {
                all.write(',');
            }
            one.put(entry.path("id").asText(), bytes);
            all.writeBytes(bytes);
        });
        all.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        byte[] bytes = all.toByteArray();
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        list = new Written(version, bytes, "\"" + Long.toHexString(sum.getValue()) + "-" + bytes.length + "\"", one);
        written = list;
        return list;
    }

    private static String idIn(String path) {
        int at = path.indexOf("/models");
        String rest = path.substring(at + "/models".length());
        if (!rest.isEmpty() && !rest.startsWith("/")) {
            throw new ApiError(
                    404, "invalid_request_error", "unknown_url", null, "There is nothing at this address.", null);
        }
        try {
            String id = rest.startsWith("/") ? rest.substring(1) : rest;
            return URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8); // in a path + is itself
        } catch (IllegalArgumentException e) {
            return rest;
        }
    }
}
