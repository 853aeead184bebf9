package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.provider.RefusedFields;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields that one provider has refused by name during a call, and that its next attempts go without: each once, and three
 * at most, since a vendor names one at a time.
 */
final class LeftOut {
    private static final int MOST = 3;
    /** What a request would not be the same without. */
    private static final Set<String> NEEDED =
            Set.of("model", "messages", "tools", "functions", "response_format", "input", "prompt", "file", "image");
    /** Below the top it is the other way round: only these can go. */
    private static final Set<String> SPARE = Set.of(
            "name",
            "refusal",
            "annotations",
            "reasoning",
            "reasoning_content",
            "reasoning_details",
            "thinking_blocks",
            "extra_content",
            "cache_control",
            "detail",
            "strict");
    /** {@code messages[3].name}, {@code messages.[3].name}, {@code messages.3.name}. */
    private static final Pattern INDEX = Pattern.compile("\\.?\\[\\d+]|\\.\\d+(?=\\.)");

    /** By path, such as {@code messages[].name}: the name that the provider wants instead, empty for none. */
    private final Map<String, String> fields = new LinkedHashMap<>();

    /** Whether the attempt can be made again without what was refused; that is remembered then. */
    boolean takes(Attempt attempt, UpstreamFailure.Rejected rejected) {
        String param = rejected.param();
        if (!rejected.parameterUnsupported() || param == null || fields.size() >= MOST) {
            return false;
        }
        String path = INDEX.matcher(param).replaceAll("[]");
        if (fields.containsKey(path) || !canGo(attempt.body(), path)) {
            return false;
        }
        String instead = rejected.instead();
        fields.put(path, instead == null ? "" : instead);
        return true;
    }

    private static boolean canGo(ObjectNode body, String path) {
        int leaf = path.lastIndexOf('.');
        if (leaf < 0) {
            return body.has(path) && !NEEDED.contains(path);
        }
        return SPARE.contains(path.substring(leaf + 1))
                && !removed(body.objectNode().setAll(body), path).isEmpty();
    }

    /** Takes them out of the attempt's request, and names them. */
    void apply(Attempt attempt) {
        ObjectNode body = attempt.body();
        fields.forEach((path, instead) -> {
            @Nullable JsonNode value = body.get(path);
            removed(body, path);
            if (!instead.isEmpty() && value != null && !body.has(instead)) {
                body.set(instead, value);
            }
            attempt.adapted().add(path);
        });
    }

    private static Set<String> removed(ObjectNode body, String path) {
        Set<String> found = new HashSet<>();
        RefusedFields.of(List.of(path)).remove(body, found);
        return found;
    }
}
