package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Fills runs of a size with messages, one run after another. */
final class Division {
    private final long size;
    private final Tokens counting;
    private final List<List<ObjectNode>> runs = new ArrayList<>();
    private List<ObjectNode> run = new ArrayList<>();
    private long left;

    /** @param tokens of a run at most */
    Division(long tokens, Tokens counting) {
        this.counting = counting;
        this.size = tokens;
        this.left = tokens;
    }

    List<List<ObjectNode>> of(List<List<ObjectNode>> turns) throws IndivisibleException {
        for (List<ObjectNode> turn : turns) {
            long tokens = turn.stream().mapToLong(counting::ofMessage).sum();
            if (tokens > left) {
                next();
            }
            if (tokens <= left) {
                add(turn, tokens);
            } else if (turn.size() == 1) {
                for (ObjectNode piece : pieces(turn.getFirst())) {
                    add(List.of(piece), counting.ofMessage(piece));
                }
            } else {
                throw new IndivisibleException("a tool call in it with its results is longer than a part may be");
            }
        }
        next();
        return runs;
    }

    private void add(List<ObjectNode> messages, long tokens) {
        if (tokens > left) {
            next();
        }
        run.addAll(messages);
        left -= tokens;
    }

    private void next() {
        if (!run.isEmpty()) {
            runs.add(run);
            run = new ArrayList<>();
        }
        left = size;
    }

    /** The message as several of the same speaker, each within the size. */
    private List<ObjectNode> pieces(ObjectNode message) throws IndivisibleException {
        List<ObjectNode> pieces = new ArrayList<>();
        ObjectNode empty = Conversation.like(message);
        long room = size - counting.ofMessage(empty);
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            for (String text : LongTexts.pieces(content.asText(), room, counting)) {
                pieces.add(empty.deepCopy().put("content", text));
            }
            return pieces;
        }
        long free = 0;
        for (JsonNode item : items(content, room)) {
            long tokens = counting.ofItem(item);
            if (tokens > room) {
                throw new IndivisibleException("a picture in it takes more than a part may");
            }
            if (tokens > free || pieces.isEmpty()) {
                ObjectNode piece = empty.deepCopy();
                piece.putArray("content");
                pieces.add(piece);
                free = room;
            }
            ((ArrayNode) pieces.getLast().path("content")).add(item);
            free -= tokens;
        }
        return pieces;
    }

    private List<JsonNode> items(JsonNode content, long room) throws IndivisibleException {
        List<JsonNode> items = new ArrayList<>();
        for (JsonNode item : content) {
            if (counting.ofItem(item) <= room || !item.path("text").isTextual()) {
                items.add(item);
                continue;
            }
            for (String text : LongTexts.pieces(item.path("text").asText(), room, counting)) {
                ObjectNode piece = ((ObjectNode) item).objectNode();
                items.add(piece.put("type", "text").put("text", text));
            }
        }
        return items;
    }
}
