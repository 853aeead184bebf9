package io.serai.provider.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that passes in pieces of any size, of which only a few members are kept: the object may be long, and the client
 * is not made to wait for its end. What turns out to be no JSON yields nothing.
 */
final class PassingJson {
    private final ObjectMapper json;
    private final Set<String> wanted;
    private final Map<String, JsonNode> members = new HashMap<>();
    private @Nullable JsonParser parser;
    private boolean broken;
    private int depth;
    private @Nullable String member;
    private @Nullable TokenBuffer value;

    /** @param wanted names of members of the object itself; those of inner objects are passed over */
    PassingJson(ObjectMapper json, Set<String> wanted) {
        this.json = json;
        this.wanted = wanted;
    }

    /** Takes the next piece. */
    void feed(byte[] bytes, int from, int to) {
        if (broken || from == to) {
            return;
        }
        try {
            JsonParser reading = parser;
            if (reading == null) {
                reading = json.getFactory().createNonBlockingByteArrayParser();
                parser = reading;
            }
            ((ByteArrayFeeder) reading.getNonBlockingInputFeeder()).feedInput(bytes, from, to);
            for (JsonToken token = reading.nextToken();
                    token != null && token != JsonToken.NOT_AVAILABLE;
                    token = reading.nextToken()) {
                take(token, reading);
            }
        } catch (IOException e) {
            broken = true; // plain text or subtitles, say
        }
    }

    /** A wanted member that has come whole; a missing node until then. */
    JsonNode get(String name) {
        JsonNode found = members.get(name);
        return found == null ? json.missingNode() : found;
    }

    private void take(JsonToken token, JsonParser reading) throws IOException {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.FIELD_NAME && depth == 1) {
            member = wanted.contains(reading.currentName()) ? reading.currentName() : null;
            value = member == null ? null : new TokenBuffer(json, false);
            return;
        }
        TokenBuffer kept = value;
        if (kept == null || member == null || depth == 0) {
            return;
        }
        kept.copyCurrentEvent(reading);
        if (depth == 1) {
            members.put(member, json.readTree(kept.asParserOnFirstToken()));
            value = null;
        }
    }
}
