package io.serai.provider.google;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Instance;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which prefixes are worth a cached content, and for how long, by a clock of the test's own. */
final class CachedContentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MODEL = "models/gemini-2.5-flash";
    /** Some five thousand tokens. */
    private static final String HANDBOOK = "Be kind to everyone. ".repeat(1000);

    private final AtomicLong now = new AtomicLong();
    private final CachedContents contents = new CachedContents(JSON, now::get);
    private Instance one;
    private Instance other;
    private int calls;

    @BeforeEach
    void read(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("providers.yaml"),
                "providers: {google: {enable_native_caching: true, cache_ttl: 600, api_keys: [k-one, k-other]}}");
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        Provider google = Objects.requireNonNull(snapshot.providers().get("google"));
        one = Instance.of(google, 0, google.keys().get(0));
        other = Instance.of(google, 1, google.keys().get(1));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** A request with these turns; the last is the question. */
    private static ObjectNode request(String instructions, String... turns) {
        ObjectNode request = JSON.createObjectNode();
        request.putObject("systemInstruction").putArray("parts").addObject().put("text", instructions);
        for (int i = 0; i < turns.length; i++) {
            ObjectNode turn = request.withArray("contents").addObject().put("role", i % 2 == 0 ? "user" : "model");
            turn.putArray("parts").addObject().put("text", turns[i]);
        }
        return request;
    }

    private @Nullable String ask(ObjectNode request) {
        return ask(one, "call-" + calls++, request);
    }

    private @Nullable String ask(Instance instance, String callId, ObjectNode request) {
        return contents.shorten(instance, callId, MODEL, request);
    }

    /** The prefix of the handbook, seen twice and made. */
    private CachedContents.Wanted made(@Nullable String name) {
        ask(request(HANDBOOK, "One?"));
        ask(request(HANDBOOK, "Two?"));
        List<CachedContents.Wanted> wanted = contents.wanted();
        assertThat(wanted).hasSize(1);
        contents.made(wanted.get(0).key(), name);
        return wanted.get(0);
    }

    @Test
    void aCallsSecondAttemptIsNoSecondSighting() {
        ask(one, "same", request(HANDBOOK, "One?"));
        ask(one, "same", request(HANDBOOK, "One?"));
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void whatComesAgainTooLateIsSeenForTheFirstTime() {
        ask(request(HANDBOOK, "One?"));
        pass(Duration.ofSeconds(601));
        ask(request(HANDBOOK, "Two?"));
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void aPrefixBelowGooglesMinimumIsLeftAlone() {
        String tooShort = HANDBOOK.substring(0, CachedContents.VENDOR_MINIMUM * 4 - 200);
        ask(request(tooShort, "One?"));
        ask(request(tooShort, "Two?"));
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void itIsMadeOnceHoweverOftenItIsWanted() {
        ask(request(HANDBOOK, "One?"));
        ask(request(HANDBOOK, "Two?"));
        ask(request(HANDBOOK, "Three?"));
        assertThat(contents.wanted()).hasSize(1);
        ask(request(HANDBOOK, "Four?"));
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void aShorterOneIsNotMadeBesideALongerOne() {
        for (int i = 0; i < 3; i++) {
            ask(request(HANDBOOK, "One?", "Yes.", "And?"));
        }
        assertThat(contents.wanted()).hasSize(1);
    }

    @Test
    void aKeyHasItsOwn() {
        made("cachedContents/of-one");
        assertThat(ask(one, "a", request(HANDBOOK, "Three?"))).isEqualTo("cachedContents/of-one");
        assertThat(ask(other, "b", request(HANDBOOK, "Three?"))).isNull();
    }

    @Test
    void aLongerPrefixIsMadeOnlyWhereItSavesAsMuchAgain() {
        made("cachedContents/handbook");
        ask(request(HANDBOOK, "Three?", "Yes.", "And?"));
        ask(request(HANDBOOK, "Three?", "Yes.", "Or?"));
        assertThat(contents.wanted()).isEmpty();
        ask(request(HANDBOOK, "Four?", HANDBOOK, "And?"));
        ask(request(HANDBOOK, "Four?", HANDBOOK, "Or?"));
        assertThat(contents.wanted()).hasSize(1);
    }

    @Test
    void aPictureDoesNotMakeAPrefixLong() {
        ObjectNode request = request("Short.", "Look.", "A dot.", "And?");
        ObjectNode picture = ((ObjectNode) request.path("contents").get(0))
                .withArray("parts")
                .addObject();
        picture.putObject("inlineData").put("mimeType", "image/png").put("data", "A".repeat(40_000));
        ask(request.deepCopy());
        ask(request.deepCopy());
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void aCallAndItsResultsAreNotParted() {
        ObjectNode request = request("Short.", HANDBOOK, "Calls.", "Results.");
        ObjectNode results = (ObjectNode) request.path("contents").get(2);
        results.putArray("parts").addObject().putObject("functionResponse").put("name", "look_up");
        ask(request.deepCopy());
        ask(request.deepCopy());
        assertThat(contents.wanted()).isEmpty();
    }

    @Test
    void whatNobodyUsesForHalfItsTimeIsDeletedAndNotRenewed() {
        made("cachedContents/idle");
        pass(Duration.ofSeconds(299));
        assertThat(contents.toDelete()).isEmpty();
        pass(Duration.ofSeconds(2));
        assertThat(contents.toRenew()).isEmpty();
        assertThat(contents.toDelete()).extracting(CachedContents.Kept::name).containsExactly("cachedContents/idle");
        assertThat(ask(request(HANDBOOK, "Again?"))).isNull();
    }

    @Test
    void whatIsUsedIsRenewedInItsLastQuarterAndOnce() {
        CachedContents.Wanted handbook = made("cachedContents/used");
        for (int i = 0; i < 2; i++) {
            pass(Duration.ofSeconds(240));
            assertThat(ask(request(HANDBOOK, "On?"))).isEqualTo("cachedContents/used");
        }
        assertThat(contents.toRenew()).hasSize(1);
        assertThat(contents.toRenew()).as("while that is under way").isEmpty();
        contents.renewed(handbook.key());
        pass(Duration.ofSeconds(460));
        assertThat(contents.toRenew())
                .as("in its last quarter again, and not used since")
                .isEmpty();
        pass(Duration.ofSeconds(100)); // beyond its first end
        assertThat(ask(request(HANDBOOK, "On?"))).isEqualTo("cachedContents/used");
    }

    @Test
    void whatHasExpiredIsNotNamed() {
        made("cachedContents/gone");
        pass(Duration.ofSeconds(400));
        ask(request(HANDBOOK, "On?"));
        pass(Duration.ofSeconds(201));
        assertThat(ask(request(HANDBOOK, "On?"))).isNull();
    }

    @Test
    void whatGoogleRefusedIsNotAskedForAtOnce() {
        made(null);
        ask(request(HANDBOOK, "Three?"));
        assertThat(contents.wanted()).isEmpty();
        pass(Duration.ofMinutes(10));
        ask(request(HANDBOOK, "Four?"));
        ask(request(HANDBOOK, "Five?"));
        assertThat(contents.wanted()).hasSize(1);
    }

    @Test
    void onlySoManyAreWantedAtOnce() {
        for (int i = 0; i < 20; i++) {
            ask(request(i + HANDBOOK, "One?"));
            ask(request(i + HANDBOOK, "Two?"));
        }
        assertThat(contents.wanted()).hasSize(8);
    }
}
