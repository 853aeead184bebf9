package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A name that stands for several models, wherever they run.
 *
 * @param name behind {@code rotation/} in a model path
 * @param modelName for people, in the list of models
 * @param notifyErrors whether total failure is told as a normal answer, for people
 * @param hedgeAfter of silence, when the second candidate of {@code hedge} starts; null: the first one's own p95
 * @param width how many {@code race} and {@code panel} ask at once; null where nothing is said
 * @param judge the model path that merges a {@code panel}'s answers; null for other strategies
 * @param permits which sensitive prompts may go to its members, where neither they nor their models say
 * @param responseCache whether answers that come through it are kept; null where nothing is said
 * @param defaults the rotation's {@code default_*}
 * @param members in the order of the file
 */
public record Rotation(
        String name,
        String modelName,
        Strategy strategy,
        boolean notifyErrors,
        @Nullable Duration hedgeAfter,
        @Nullable Integer width,
        @Nullable String judge,
        List<String> capabilities,
        Permits permits,
        @Nullable Boolean responseCache,
        Limits defaults,
        List<Member> members) {

    /** The same with other members. */
    Rotation of(List<Member> others) {
        return new Rotation(
                name,
                modelName,
                strategy,
                notifyErrors,
                hedgeAfter,
                width,
                judge,
                capabilities,
                permits,
                responseCache,
                defaults,
                List.copyOf(others));
    }

    /** In which order members are tried, and how many at once. */
    public enum Strategy {
        /** Shares of the requests. */
        WEIGHTED,
        /** The greatest weight first, always. */
        PRIORITY,
        /** What this request is expected to cost. */
        CHEAPEST,
        /** The recent time to the first token. */
        FASTEST,
        /** The second starts when the first is late. */
        HEDGE,
        /** All at once; the first to say something serves. */
        RACE,
        /** All at once; a judge merges their answers. */
        PANEL;

        /** As files spell it. */
        public String spelling() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A model of a provider, or another name that brings its own.
     *
     * @param path {@code provider/model}, {@code rotation/name}, {@code autoselect/name} or a name of the catalogue; {@code
     *     provider/} is every model that the provider's own list names
     * @param weight its share; null where every model of a list has 1, else they divide it
     * @param key the key that the entry brings for a provider without one; null without
     * @param limits what the rotation says of the model
     * @param permits which sensitive prompts may go there
     */
    public record Member(
            String path,
            @Nullable BigDecimal weight,
            @Nullable Secret key,
            Limits limits,
            Permits permits) {

        /** What is unsaid counts 1. */
        public BigDecimal share() {
            return weight == null ? BigDecimal.ONE : weight;
        }
    }
}
