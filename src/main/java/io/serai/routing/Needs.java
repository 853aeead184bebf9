package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.config.Permits;
import io.serai.config.Sensitive;
import io.serai.context.Length;
import io.serai.context.Tokens;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks of a model, as far as it can be told by looking at it.
 *
 * @param length of the input
 * @param answer tokens that the client wants at most, 0 when it does not say
 * @param sensitive the flags that a model must have to be sent it
 * @param vouched what counts for a model that nobody says anything of; a refusal counts for any
 * @param least what it can be condensed to
 */
public record Needs(
        boolean chat,
        boolean tools,
        boolean images,
        boolean audio,
        Length length,
        long answer,
        Set<Sensitive> sensitive,
        Permits vouched,
        Least least) {
    /** A request of less than a hundredth of a limit is not worth counting. */
    private static final int FAR = 100;

    /**
     * Tokens, input and answer, which the figures of the answer replace. A client may name any number for the answer.
     *
     * @param limit on whose account they go: what is far below it is not counted
     */
    public long expected(Tokens model, long limit) {
        return length.near(limit / FAR, model) + (answer > 0 ? Math.min(answer, Integer.MAX_VALUE) : Walk.USUAL_ANSWER);
    }

    /** Null when a model with these flags may be sent it, else a kind of prompt that must not go there. */
    @Nullable
    Sensitive closed(Permits permits) {
        for (Sensitive kind : sensitive) {
            Boolean own = permits.of(kind);
            boolean open = own == null ? Boolean.TRUE.equals(vouched.of(kind)) : own;
            if (!open || Boolean.FALSE.equals(vouched.of(kind))) {
                return kind;
            }
        }
        return null;
    }

    /** The same where something else is said of what a path leads to. */
    Needs vouchedBy(Permits other) {
        return with(sensitive, other);
    }

    /** Looks through the body once for a call; what it turns out to be may change on the way. */
    public static Needs of(Call call) {
        Needs needs = call.weighed() instanceof Needs known ? known : look(call);
        call.weighs(needs);
        Set<Sensitive> sensitive = call.sensitivity().found();
        return sensitive.isEmpty() ? needs : needs.with(sensitive, call.vouched());
    }

    private Needs with(Set<Sensitive> kinds, Permits ofPath) {
        return new Needs(chat, tools, images, audio, length, answer, kinds, ofPath, least);
    }

    private static Needs look(Call call) {
        JsonNode body = call.body();
        if (call.operation() != Operation.CHAT) {
            return new Needs(
                    false,
                    false,
                    false,
                    false,
                    Length.ofBytes(call.bodyBytes()),
                    0,
                    Set.of(),
                    Permits.NONE,
                    Least.NOTHING_LESS);
        }
        boolean images = false;
        boolean audio = false;
        for (JsonNode message : body.path("messages")) {
            JsonNode content = message.path("content");
            if (content.isArray()) {
                for (JsonNode part : content) {
                    String type = part.path("type").asText();
                    images |= type.equals("image_url");
                    audio |= type.equals("input_audio");
                }
            }
        }
        JsonNode tools = body.path("tools");
        long answer = Math.max(
                body.path("max_completion_tokens").asLong(0),
                body.path("max_tokens").asLong(0));
        return new Needs(
                true,
                tools.isArray() && !tools.isEmpty(),
                images,
                audio,
                Length.ofChat(body),
                answer,
                Set.of(),
                Permits.NONE,
                Least.of(call));
    }
}
