package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationsFileTest {
    private static final String PROVIDERS = """
            providers:
              a: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: "{{env:A}}", models: [{name: m1}, {name: m2}]}
              b: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: "{{env:B}}"}
            """;

    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path)
                .file("providers.yaml", PROVIDERS)
                .env("A", "ka")
                .env("B", "kb");
    }

    private Rotation rotation(String name, String yaml) {
        return folder.file("rotations.yaml", yaml).load().rotations().get(name);
    }

    @Test
    void membersComeWithTheirWeights() {
        Rotation coding = rotation("coding", """
                rotations:
                  coding:
                    model_name: For code
                    strategy: priority
                    providers:
                      - {provider_id: b, models: [{name: x, weight: 3, rate_limit_TPM: 500, context_size: 8000}, {name: y}]}
                      - {provider_id: a, weight: 4}
                """);
        assertThat(coding.modelName()).isEqualTo("For code");
        assertThat(coding.strategy()).isEqualTo(Rotation.Strategy.PRIORITY);
        assertThat(coding.members().stream().map(Rotation.Member::path)).containsExactly("b/x", "b/y", "a/m1", "a/m2");
        assertThat(coding.members().stream().map(Rotation.Member::weight))
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(BigDecimal.valueOf(3), BigDecimal.ONE, BigDecimal.valueOf(2), BigDecimal.valueOf(2));
        assertThat(coding.members().get(0).limits().tokensPerMinute()).isEqualTo(500);
        assertThat(coding.members().get(0).limits().contextSize()).isEqualTo(8000);
    }

    @Test
    void aProvidersWeightIsDividedAmongTheModelsThatItNames() {
        Rotation r = rotation(
                "r",
                "rotations: {r: {providers: [{provider_id: b, weight: 6, models: [{name: x}, {name: y}, {name: z, weight: 1}]}]}}");
        assertThat(r.members().stream().map(Rotation.Member::weight))
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(BigDecimal.valueOf(2), BigDecimal.valueOf(2), BigDecimal.ONE);
    }

    @Test
    void aMemberMayBeAnotherRotationOrANameOfTheCatalogue() {
        folder.shippedModels(
                "models: {gpt: {context_window: 1000, backends: [{provider: b, model_id: g, input_cost: 1, output_cost: 1}]}}");
        Rotation r = rotation("r", """
                rotations:
                  r: {providers: [{provider_id: rotation/other, weight: 2}, {provider_id: gpt}]}
                  other: {providers: [{provider_id: a}]}
                """);
        assertThat(r.members().stream().map(Rotation.Member::path)).containsExactly("rotation/other", "gpt");
    }

    @Test
    void aMemberMayBeAnAutoselectAndABareNameMeansWhatHasIt() {
        folder.shippedModels(
                "models: {both: {context_window: 1000, backends: [{provider: b, model_id: g, input_cost: 1, output_cost: 1}]}}");
        folder.file("autoselect.yaml", """
                picks: {fallback: a/m1, available_models: [{model_id: a/m2, description: x}]}
                both: {fallback: a/m1, available_models: [{model_id: a/m2, description: x}]}
                """);
        Rotation r = rotation("r", """
                rotations:
                  r:
                    providers:
                      - {provider_id: autoselect/picks, weight: 2}
                      - {provider_id: picks}
                      - {provider_id: other}
                      - {provider_id: both}
                  other: {providers: [{provider_id: a}]}
                """);
        assertThat(r.members().stream().map(Rotation.Member::path))
                .containsExactly("autoselect/picks", "autoselect/picks", "rotation/other", "both");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{fallback: a/m1, available_models: [{model_id: rotation/r, description: x}]}",
                "{fallback: r, available_models: [{model_id: a/m1, description: x}]}",
                "{fallback: a/m1, selection_model: rotation/outer, available_models: [{model_id: a/m1, description: x}]}",
                "{fallback: a/m1, available_models: [{model_id: rotation/judged, description: x}]}"
            })
    void aLoopOverAnAutoselectIsAnErrorAndNamesTheWay(String autoselect) {
        folder.file("autoselect.yaml", "picks: " + autoselect).file("rotations.yaml", """
                rotations:
                  r: {providers: [{provider_id: a}, {provider_id: autoselect/picks}]}
                  outer: {providers: [{provider_id: rotation/r}]}
                  judged: {strategy: panel, judge: rotation/r, providers: [{provider_id: a}]}
                """);
        assertThat(folder.errors())
                .anyMatch(e -> e.contains("leads back to itself: autoselect/picks -> rotation/")
                        && e.endsWith("rotation/r -> autoselect/picks"));
    }

    @Test
    void aMemberWhoseAutoselectWasLeftOutIsLeftOutToo() {
        Snapshot snapshot =
                folder.file("rotations.json", """
                        {"rotations": {"r": {"providers": [{"provider_id": "a"}, {"provider_id": "autoselect/lost"}]}}}
                        """).file("autoselect.json", """
                        {"lost": {"fallback": "nobody", "available_models": [{"model_id": "a/m1", "description": "x"}]}}
                        """).load();
        assertThat(snapshot.rotations().get("r").members().stream().map(Rotation.Member::path))
                .containsExactly("a/m1", "a/m2");
        assertThat(snapshot.warnings())
                .anyMatch(w -> w.contains("`autoselect/lost` is not there; this member is left out"));
    }

    @Test
    void aKeyOfARotationCountsOnlyWhereTheProviderHasNone() {
        folder.file("providers.yaml", """
                providers:
                  a: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: "{{env:A}}"}
                  c: {type: openai, endpoint: "http://127.0.0.1:1/v1"}
                """);
        Snapshot snapshot = folder.file("rotations.yaml", """
                        rotations:
                          r:
                            providers:
                              - {provider_id: a, api_key: other, models: [{name: x}]}
                              - {provider_id: c, api_key: only, models: [{name: x}]}
                              - {provider_id: c, api_key: YOUR_API_KEY, models: [{name: y}]}
                        """).load();
        assertThat(snapshot.providers().get("a").keys().stream().map(Secret::reveal))
                .containsExactly("ka");
        assertThat(snapshot.providers().get("c").keys().stream().map(Secret::reveal))
                .containsExactly("only");
    }

    @Test
    void everyMistakeIsNamedAtOnceWithItsPlace() {
        folder.file("rotations.yaml", """
                rotations:
                  r:
                    stratgy: weighted
                    strategy: wieghted
                    providers:
                      - {provider_id: bb, models: [{name: x}]}
                      - {provider_id: a, models: [{name: m3}]}
                      - {provider_id: b}
                      - {provider_id: autoselect/smart}
                      - {provider_id: rotation/nope}
                      - {provider_id: b, models: [{name: x, weight: 0}]}
                  p: {strategy: panel, judge: a/m9, width: 9, providers: [{provider_id: a}]}
                  q: {strategy: panel, providers: [{provider_id: a}]}
                  empty: {providers: []}
                """);
        assertThat(folder.errors())
                .satisfiesExactlyInAnyOrder(
                        e -> assertThat(e).contains("rotations.yaml:3", "stratgy", "strategy"),
                        e -> assertThat(e).contains("rotations.yaml:4", "weighted"),
                        e -> assertThat(e).contains("rotations.yaml:6", "`bb`", "b"),
                        e -> assertThat(e).contains("rotations.yaml:7", "m3"),
                        e -> assertThat(e).contains("rotations.yaml:9", "no autoselect is called `smart`"),
                        e -> assertThat(e).contains("rotations.yaml:10", "nope"),
                        e -> assertThat(e).contains("rotations.yaml:11", "zero"),
                        e -> assertThat(e).contains("rotations.p.judge", "m9", "m1"),
                        e -> assertThat(e).contains("rotations.p.width", "2 to 5"),
                        e -> assertThat(e).contains("rotations.q.judge", "is missing"),
                        e -> assertThat(e).contains("rotations.empty", "no usable member"));
    }

    @Test
    void aLoopIsAnErrorAndNamesTheWay() {
        folder.file("rotations.yaml", """
                rotations:
                  x: {providers: [{provider_id: a}, {provider_id: rotation/y}]}
                  y: {providers: [{provider_id: rotation/z}]}
                  z: {providers: [{provider_id: rotation/x}]}
                """);
        assertThat(folder.errors()).anyMatch(e -> e.contains("x -> y -> z -> x"));
    }

    @Test
    void aisbfsFileLoadsAndDanglingMembersAreLeftOut() {
        Snapshot snapshot = folder.file("rotations.json", """
                        {"notifyerrors": true, "rotations": {
                          "coding": {"model_name": "coding", "capabilities": ["t2t"], "context_length": 1000,
                            "default_error_cooldown": 60,
                            "providers": [{"provider_id": "a", "models": [{"name": "m1", "weight": 2, "rate_limit": 0}]},
                                          {"provider_id": "gone", "models": [{"name": "x", "weight": 1}]}]},
                          "dead": {"model_name": "dead", "providers": [{"provider_id": "gone"}]}}}
                        """).load();
        Rotation coding = snapshot.rotations().get("coding");
        assertThat(coding.notifyErrors()).isTrue();
        assertThat(coding.members().stream().map(Rotation.Member::path)).containsExactly("a/m1");
        assertThat(coding.defaults().errorCooldown()).isEqualTo(Duration.ofSeconds(60));
        assertThat(snapshot.rotations()).containsOnlyKeys("coding");
        assertThat(snapshot.warnings()).anyMatch(w -> w.contains("`gone`") && w.contains("left out"));
        assertThat(snapshot.warnings()).noneMatch(w -> w.contains("notifyerrors"));
    }

    @Test
    void aPanelWithoutAJudgeIsWeightedInAisbfsFile() {
        Snapshot snapshot = folder.file("rotations.json", """
                        {"rotations": {"r": {"strategy": "panel", "providers": [{"provider_id": "a"}]}}}
                        """).load();
        assertThat(snapshot.rotations().get("r").strategy()).isEqualTo(Rotation.Strategy.WEIGHTED);
        assertThat(snapshot.warnings()).anyMatch(w -> w.contains("judge") && w.contains("`weighted`"));
    }

    @Test
    void aJudgeThatLeadsBackToItsPanelIsALoop() {
        folder.file("rotations.yaml", """
                rotations:
                  p: {strategy: panel, judge: rotation/q, providers: [{provider_id: a}]}
                  q: {providers: [{provider_id: rotation/p}]}
                """);
        assertThat(folder.errors()).anyMatch(e -> e.contains("p -> q -> p"));
    }

    @Test
    void whatASideBySideRotationSaysIsRead() {
        Rotation p = rotation("p", """
                rotations:
                  p: {strategy: panel, judge: b/any, width: 4, hedge_after: 700, providers: [{provider_id: a}]}
                """);
        assertThat(p.strategy()).isEqualTo(Rotation.Strategy.PANEL);
        assertThat(p.judge()).isEqualTo("b/any");
        assertThat(p.width()).isEqualTo(4);
        assertThat(p.hedgeAfter()).isEqualTo(Duration.ofMillis(700));
    }
}
