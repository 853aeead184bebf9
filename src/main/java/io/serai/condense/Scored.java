package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.text.Passage;
import io.serai.condense.text.Passages;
import io.serai.condense.text.Relevance;
import io.serai.condense.text.Selection;
import io.serai.context.Outline;
import java.util.List;

/** A method that gives each passage a score, and keeps the best that there is room for. */
abstract class Scored implements Condenser {
    /** Of the room, for the newest words whatever they are about: what is asked next most often follows from them. */
    static final double NEWEST = 0.08;

    private static final double OF_USER = 0.15;

    /**
     * What a method has to go by.
     *
     * @param question of the user's last turn
     * @param room tokens that there are beside what is always kept
     */
    record Reading(Outline outline, List<Passage> passages, Relevance relevance, String question, long room) {
        static Reading of(Outline outline, Aim aim) {
            List<Passage> passages = Passages.of(outline, aim.measure());
            long room = aim.target() - aim.measure().ofMessages(outline.least());
            return new Reading(outline, passages, new Relevance(passages), outline.question(), room);
        }

        String role(int passage) {
            return outline.messages()
                    .get(passages.get(passage).message())
                    .path("role")
                    .asText();
        }

        String text(int passage) {
            return passages.get(passage).text();
        }

        /** From 0 for the oldest passage to 1 for the newest. */
        double recency(int passage) {
            return passages.size() <= 1 ? 1 : passage / (double) (passages.size() - 1);
        }

        /** What the passage has for being the user's own: nobody could say that again. */
        double ofUser(int passage) {
            return role(passage).equals("user") ? OF_USER : 0;
        }

        /** Raises the newest passages above all others, as far as they take a share of the room. */
        void raiseNewest(double[] scores, double share) {
            double left = room * share;
            for (int i = scores.length - 1; i >= 0; i--) {
                left -= passages.get(i).tokens();
                if (left < 0) {
                    return;
                }
                scores[i] += 10;
            }
        }
    }

    @Override
    public final List<ObjectNode> condense(Outline conversation, Aim aim)
            throws CondenseException, InterruptedException {
        Reading reading = Reading.of(conversation, aim);
        String[] texts = reading.passages().stream().map(Passage::text).toArray(String[]::new);
        double[] scores = scores(reading);
        reading.raiseNewest(scores, NEWEST);
        return new Selection(conversation, reading.passages(), aim.measure()).within(aim.target(), scores, texts);
    }

    /** One a passage; with 0 it does not stay. */
    abstract double[] scores(Reading reading) throws CondenseException, InterruptedException;
}
