package io.serai.condense;

import io.serai.call.Call;
import io.serai.call.Cancellation;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What one request has asked models of its conversation. Each method asks once, whatever comes of it: the candidates that follow,
 * and those beside in a race, a hedge or a panel, have the same answer, and wait for it while it is not there. Any thread.
 */
final class Asked {
    private final ConcurrentMap<String, Question> questions = new ConcurrentHashMap<>();

    /** For the call, its parts and branches. */
    static Asked of(Call call) {
        return call.trail().shared(Asked.class, Asked::new);
    }

    /** A question that is under way, or answered. */
    static final class Question {
        private final int upTo;
        private final CompletableFuture<String> answer = new CompletableFuture<>();

        /** @param upTo how many messages of the conversation it is about */
        Question(int upTo) {
            this.upTo = upTo;
        }

        int upTo() {
            return upTo;
        }

        /** @param text empty when nothing was said */
        void answered(String text) {
            answer.complete(text);
        }

        /**
         * Waits for the answer; empty when there is none.
         *
         * @throws UpstreamException when whoever waits is called off
         */
        String await(Cancellation cancellation) throws UpstreamException {
            CompletableFuture<String> mine = answer.copy();
            cancellation.during(() -> mine.complete(""));
            String text = mine.join();
            UpstreamFailure gone = cancellation.done();
            if (gone != null) {
                throw new UpstreamException(gone);
            }
            return text;
        }
    }

    /**
     * Null when nobody has asked.
     *
     * @param conversation a name of it: a request may have several, as many prompts at once
     */
    @Nullable
    Question question(String method, String conversation) {
        return questions.get(method + " " + conversation);
    }

    /** Whether the question is the first; else the one that is will do. */
    boolean isFirst(String method, String conversation, Question question) {
        return questions.putIfAbsent(method + " " + conversation, question) == null;
    }
}
