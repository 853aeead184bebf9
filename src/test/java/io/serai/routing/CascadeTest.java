package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Limits;
import io.serai.config.Snapshot;
import io.serai.context.Tokenizers;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each key of the cascade, at each of its places: the first that says something is heard, whatever those behind it say. */
class CascadeTest {
    /** Rotation's model, provider's model, rotation, provider; behind them is the system. */
    private static final int PLACES = 4;

    @TempDir
    Path folder;

    private record Key(String name, Function<Limits, @Nullable Object> read, Function<String, Object> meaning) {
        @Override
        public String toString() {
            return name;
        }

        /** What the place says. */
        String said(int place) {
            return name.equals("condense_method")
                    ? List.of("semantic", "algorithmic", "code_aware", "entity_aware")
                            .get(place)
                    : Integer.toString(10 + place);
        }
    }

    private static Stream<Key> keys() {
        Function<String, Object> seconds = text -> Duration.ofSeconds(Long.parseLong(text));
        return Stream.of(
                new Key("rate_limit", Limits::rateLimit, seconds),
                new Key("max_request_tokens", Limits::maxRequestTokens, Integer::valueOf),
                new Key("rate_limit_TPM", Limits::tokensPerMinute, Integer::valueOf),
                new Key("rate_limit_TPH", Limits::tokensPerHour, Integer::valueOf),
                new Key("rate_limit_TPD", Limits::tokensPerDay, Integer::valueOf),
                new Key("context_size", Limits::contextSize, Integer::valueOf),
                new Key("condense_context", Limits::condenseContext, BigDecimal::new),
                new Key("condense_method", Limits::condenseMethod, List::of),
                new Key("error_cooldown", Limits::errorCooldown, seconds));
    }

    private static Stream<Arguments> keysAndPlaces() {
        return keys().flatMap(key -> IntStream.rangeClosed(0, PLACES).mapToObj(place -> Arguments.of(key, place)));
    }

    @ParameterizedTest
    @MethodSource("keysAndPlaces")
    void theFirstPlaceThatSaysSomethingIsHeard(Key key, int first) throws Exception {
        Limits resolved = resolved(key, place -> place < first ? null : key.said(place));
        if (first == PLACES) {
            assertThat(resolved).isEqualTo(Limits.NONE);
        } else {
            assertThat(key.read().apply(resolved)).isEqualTo(key.meaning().apply(key.said(first)));
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void zeroIsUnsaid(Key key) throws Exception {
        String nothing = key.name().equals("condense_method") ? "[]" : "0";
        Limits resolved = resolved(key, place -> place < PLACES - 1 ? nothing : key.said(place));
        assertThat(key.read().apply(resolved)).isEqualTo(key.meaning().apply(key.said(PLACES - 1)));
    }

    /** What a call through the rotation finds, with one key set at some places and every other key at none. */
    private Limits resolved(Key key, Function<Integer, @Nullable String> said) throws Exception {
        List<String> at = new ArrayList<>();
        for (int place = 0; place < PLACES; place++) {
            String value = said.apply(place);
            at.add(value == null ? "" : ", " + (place < 2 ? "" : "default_") + key.name() + ": " + value);
        }
        Files.writeString(folder.resolve("providers.yaml"), """
                providers:
                  p: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key_required: false, models: [{name: m%s}]%s}
                """.formatted(at.get(1), at.get(3)));
        Files.writeString(folder.resolve("rotations.yaml"), """
                rotations:
                  r: {providers: [{provider_id: p, models: [{name: m%s}]}]%s}
                """.formatted(at.get(0), at.get(2)));
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        Candidates candidates = new Candidates(
                new Instances(snapshot, Set.of("openai")), null, null, null, new Tokenizers(), instance -> true);
        Pool pool = Objects.requireNonNull(new Pools(snapshot, candidates).of("rotation-r"));
        return pool.offers().get(0).limits();
    }
}
