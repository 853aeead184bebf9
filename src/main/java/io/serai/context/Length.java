package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long one request is, found out as exactly as whoever asks has to know it. No text has more tokens than bytes, so that
 * most requests are never counted; one that is counted is so once for each way of counting. Any thread.
 */
public final class Length {
    private static final int BYTES_A_TOKEN = 4;

    /** What vendors put around a message, a tool or a call, at most and usually; in bytes. */
    private static final int AROUND = 32;

    private static final int USUALLY_AROUND = 16;

    /** No vendor is believed to need more tokens for a text than this many for one of ours; see {@link Tokenizers}. */
    private static final double MOST_FACTOR = 3;

    private static final int MOST_TOOL_PROMPT = 1_000;

    private final @Nullable JsonNode body;
    private final Map<Profile, Counted> counts = new IdentityHashMap<>(4);
    private final Map<Profile, Long> pictures = new IdentityHashMap<>(2);
    private final List<JsonNode> media = new ArrayList<>(0);
    private long bytes = -1;
    private long texts;

    /** @param text by the vocabulary, without the factor */
    private record Counted(long text, long rest) {}

    private Length(@Nullable JsonNode body, long bytes) {
        this.body = body;
        this.bytes = bytes;
        this.texts = bytes;
    }

    /** Of a chat in OpenAI's shape; nothing is looked at yet, and the body must not change. */
    public static Length ofChat(JsonNode body) {
        return new Length(body, -1);
    }

    /** Of what is no chat: nobody counts it, four bytes are a token. */
    public static Length ofBytes(long bytes) {
        return new Length(null, bytes);
    }

    /** About how many tokens, without counting: four bytes are one. For what nothing depends on. */
    public long guess() {
        bytes();
        return texts / BYTES_A_TOKEN + pictures(Tokenizers.usual());
    }

    /** Counted. */
    public long in(Tokens model) {
        if (body == null) {
            return guess();
        }
        Counted counted = counted(model, body);
        return model.times(counted.text) + counted.rest;
    }

    /** Counted only where the bytes do not settle it. */
    public boolean isAbove(long limit, Supplier<Tokens> model) {
        if (body == null) {
            return guess() > limit;
        }
        long bytes = bytes();
        if (media.isEmpty() && bytes * MOST_FACTOR + MOST_TOOL_PROMPT <= limit) {
            return false;
        }
        Tokens tokens = model.get();
        double most = bytes * Math.max(1, tokens.factor()) + tokens.fixedOf(body) + pictures(tokens);
        return most > limit && in(tokens) > limit;
    }

    /** Counted where it might be more than {@code most}, else guessed: for those who only have to know it where it is much. */
    public long near(long most, Tokens model) {
        return isAbove(most, () -> model) ? in(model) : guess();
    }

    /** Whether anybody had it counted. */
    public synchronized boolean isCounted() {
        return !counts.isEmpty();
    }

    /**
     * What was counted of a request that is all text, which a provider's figure can be compared with; 0 for any other, and when
     * nobody counted it so.
     */
    synchronized long known(Tokens model) {
        Counted counted = media.isEmpty() ? counts.get(model.profile()) : null;
        return counted == null ? 0 : model.times(counted.text) + counted.rest;
    }

    private synchronized Counted counted(Tokens model, JsonNode of) {
        return counts.computeIfAbsent(
                model.profile(), p -> new Counted(model.textOf(of), pictures(model) + model.fixedOf(of)));
    }

    /** Each kind of model has them looked at once. */
    private synchronized long pictures(Tokens model) {
        bytes();
        return media.isEmpty()
                ? 0
                : pictures.computeIfAbsent(
                        model.profile(),
                        profile -> media.stream()
                                .mapToLong(item -> Media.of(item, profile))
                                .sum());
    }

    /** Of texts and what is around them. */
    private synchronized long bytes() {
        if (bytes < 0 && body != null) {
            long sum = 0;
            texts = 0;
            for (JsonNode message : body.path("messages")) {
                sum += AROUND + bytes(message);
                texts += USUALLY_AROUND;
            }
            for (String tools : new String[] {"tools", "functions"}) {
                for (JsonNode tool : body.path(tools)) {
                    long size = Bytes.of(tool);
                    texts += size;
                    sum += AROUND + size;
                }
            }
            bytes = sum;
        }
        return bytes;
    }

    private long bytes(JsonNode message) {
        long sum = 0;
        for (var field : message.properties()) {
            JsonNode value = field.getValue();
            if (field.getKey().equals("content") && value.isArray()) {
                sum += items(value);
            } else {
                long size = Bytes.of(value) + (value.isContainerNode() ? (long) AROUND * value.size() : 0);
                texts += field.getKey().equals("role") ? 0 : size;
                sum += size;
            }
        }
        return sum;
    }

    private long items(JsonNode content) {
        long sum = 0;
        for (JsonNode item : content) {
            if (Media.is(item)) {
                media.add(item);
            } else {
                texts += Bytes.of(item.path("text"));
                sum += Bytes.of(item);
            }
        }
        return sum;
    }
}
