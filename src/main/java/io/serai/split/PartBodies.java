package io.serai.split;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Prompts;
import io.serai.context.Conversation;
import io.serai.context.IndivisibleException;
import io.serai.context.LongTexts;
import io.serai.context.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The requests that a long one becomes, in OpenAI's shape. Every part has the system prompt, a word of the broker's, its run of
 * the conversation and the question; the last call has the system prompt, and the question with all answers.
 */
final class PartBodies {
    private static final String PART = "split_part.md";
    private static final String MERGE = "split_merge.md";
    private static final String GAP = "\n\n";
    /** Where texts are put together, they may count otherwise than apart. */
    private static final long SEAMS = 8;

    /** What the answer is to be like, or how it is to be sent: of the last call alone. */
    private static final Set<String> OF_ANSWER = Set.of(
            "messages",
            "stream",
            "stream_options",
            "n",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "functions",
            "function_call",
            "web_search_options",
            "response_format",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "modalities",
            "audio",
            "prediction");

    /** Words of a part's answer: enough to say something, and not more than anyone would read. */
    private static final long FEWEST_WORDS = 40;

    private static final long MOST_WORDS = 800;

    private final ObjectNode body;
    private final Conversation conversation;
    private final long limit;
    private final Tokens counting;
    private final Prompts prompts;

    /**
     * @param limit tokens of any of the requests
     * @param counting how they are counted
     */
    PartBodies(ObjectNode body, long limit, Tokens counting, Prompts prompts) throws IndivisibleException {
        this.body = body;
        this.limit = limit;
        this.counting = counting;
        this.prompts = prompts;
        this.conversation = Conversation.of(body.path("messages"), limit, counting);
    }

    /**
     * One for each part.
     *
     * @param most parts
     * @throws IndivisibleException when they can't be made, or are more
     */
    List<ObjectNode> parts(int most) throws IndivisibleException {
        if (roomForAnswers(body) < 1) {
            throw new IndivisibleException("its system prompt, tools and question alone are longer than a part may be");
        }
        long note = counting.ofMessage(note(most, most, MOST_WORDS));
        long tools = conversation.usesTools() ? counting.ofTools(body) : 0;
        long room = limit - conversation.framing() - note - tools - Tokens.REPLY;
        if (room < 1) {
            throw new IndivisibleException("its system prompt and question alone are longer than a part may be");
        }
        List<List<ObjectNode>> runs = conversation.divide(room);
        if (runs.isEmpty()) {
            throw new IndivisibleException("there is nothing in it beside its system prompt, tools and question");
        }
        if (runs.size() > most) {
            throw new IndivisibleException("it would take " + runs.size() + " parts, and no more than " + most
                    + " are made of one request (serai.split.max-parts)");
        }
        List<ObjectNode> parts = new ArrayList<>();
        for (List<ObjectNode> run : runs) {
            ObjectNode part = asking();
            ArrayNode messages = part.putArray("messages");
            messages.addAll(conversation.system());
            messages.add(note(parts.size() + 1, runs.size(), words(runs.size())));
            messages.addAll(run);
            messages.add(conversation.asked());
            if (conversation.usesTools() && body.path("tools").isArray()) {
                part.set("tools", body.get("tools")); // some providers want to know the tools that were called
                part.put("tool_choice", "none");
            }
            parts.add(part);
        }
        return parts;
    }

    /** A third of the room is left, for a word is more than a token and models don't count well. */
    private long words(int parts) {
        return Math.clamp(roomForAnswers(body) / parts / 2, FEWEST_WORDS, MOST_WORDS);
    }

    private ObjectNode note(int part, int parts, long words) {
        Map<String, String> values = Map.of("part", "" + part, "parts", "" + parts, "words", "" + words);
        return user().put("content", prompts.fill(PART, values));
    }

    private ObjectNode user() {
        return body.objectNode().put("role", "user");
    }

    /** The client's request without what is for its answer only. */
    private ObjectNode asking() {
        ObjectNode part = body.objectNode();
        body.properties().forEach(field -> {
            if (!OF_ANSWER.contains(field.getKey())) {
                part.set(field.getKey(), field.getValue());
            }
        });
        return part;
    }

    /** Whether one call can take them all. */
    boolean mergeable(List<String> answers) {
        return length(answers) <= roomForAnswers(body);
    }

    private long length(List<String> answers) {
        return answers.stream().mapToLong(a -> counting.ofText(a + GAP)).sum();
    }

    private long roomForAnswers(ObjectNode client) {
        return limit - counting.ofChat(merge(client, List.of())) - SEAMS;
    }

    /**
     * For answers that are too many for one call: merges of as many as it takes, each to be shorter than what it merges.
     *
     * @throws IndivisibleException never for lack of room, which was there when the parts were made
     */
    List<ObjectNode> groups(List<String> answers) throws IndivisibleException {
        long room = roomForAnswers(asking());
        List<List<String>> groups = new ArrayList<>();
        long left = 0;
        for (String answer : answers) {
            for (String piece : LongTexts.pieces(answer, Math.max(1, room - 1), counting)) {
                long tokens = counting.ofText(piece + GAP);
                if (tokens > left) {
                    groups.add(new ArrayList<>());
                    left = room;
                }
                groups.getLast().add(piece);
                left -= tokens;
            }
        }
        return groups.stream().map(group -> merge(asking(), group)).toList();
    }

    /** The call whose answer the client gets, with everything that it asked for. */
    ObjectNode merged(List<String> answers) {
        return merge(body, answers);
    }

    private ObjectNode merge(ObjectNode like, List<String> answers) {
        ObjectNode merge = body.objectNode();
        merge.setAll(like);
        ArrayNode messages = merge.putArray("messages");
        messages.addAll(conversation.system());
        String text =
                prompts.fill(MERGE, Map.of("question", conversation.askedText(), "answers", String.join(GAP, answers)));
        ArrayNode media = conversation.askedMedia();
        if (media == null) {
            messages.add(user().put("content", text));
        } else {
            ObjectNode message = user();
            message.putArray("content")
                    .add(body.objectNode().put("type", "text").put("text", text))
                    .addAll(media);
            messages.add(message);
        }
        if (like == body && conversation.begun() != null) {
            messages.add(conversation.begun());
        }
        return merge;
    }
}
