package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelsFileTest {
    private static final String SHIPPED = """
            models:
              a: {display_name: shipped a, backends: [{provider: openai, model_id: a, input_cost: 1, output_cost: 2}]}
              b: {display_name: shipped b, backends: [{provider: somewhere, model_id: b, input_cost: 1, output_cost: 2}]}
            """;

    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path).shippedModels(SHIPPED);
    }

    @Test
    void theOperatorsEntriesOverrideShippedOnesByName() {
        Catalogue catalogue = folder.file("models.yaml", """
                models:
                  a: {display_name: mine, backends: [{provider: groq, model_id: x}]}
                  c: {backends: [{provider: local, model_id: echo}]}
                """).load().catalogue();

        assertThat(catalogue.models().keySet()).containsExactly("a", "b", "c");
        assertThat(catalogue.models().get("a").displayName()).isEqualTo("mine");
    }

    @Test
    void replaceDropsTheShippedOnes() {
        Catalogue catalogue = folder.file("models.yaml", """
                catalogue: replace
                models: {c: {backends: [{provider: local, model_id: echo}]}}
                """).load().catalogue();

        assertThat(catalogue.models()).containsOnlyKeys("c");
    }

    @Test
    void everyKeyOfTheDocumentationIsRead() {
        Catalogue.Entry entry =
                folder.file("models.yaml", """
                catalogue: extend
                models:
                  m:
                    display_name: M
                    tier: economy
                    quality: 7
                    free: true
                    capabilities: [tool_calling, vision, audio_input, json_schema, reasoning, embeddings, speech, transcription, images]
                    context_window: 1000
                    max_output_tokens: 100
                    backends:
                      - {provider: openai, model_id: m, priority: 2, input_cost: 0, output_cost: 0.5, cache_read_cost: 0.1, cache_write_cost: 0,
                         per_minute_cost: 1, per_hour_cost: 1, per_image_cost: 1, per_character_cost: 1, cache_write_1h_cost: 1, reasoning_cost: 1, audio_input_cost: 1,
                         audio_output_cost: 1, image_input_cost: 1, image_output_cost: 1, per_request_cost: 1, per_search_cost: 1, source: "https://x, 2026-01-01"}
                """).load().catalogue().models().get("m");

        assertThat(entry.tier()).isEqualTo("economy");
        assertThat(entry.quality()).isEqualTo(7);
        assertThat(entry.free()).isTrue();
        assertThat(entry.capabilities()).hasSize(9);
        assertThat(entry.contextWindow()).isEqualTo(1000);
        assertThat(entry.maxOutputTokens()).isEqualTo(100);
        assertThat(entry.backends().get(0).prices()).hasSize(16).containsKey("cache_write_cost");
        assertThat(entry.backends().get(0).source()).isEqualTo("https://x, 2026-01-01");
    }

    @Test
    void backendsGoByPriorityThenCostAndAnUnknownPriceIsNotCheap() {
        Catalogue.Entry entry =
                folder.file("models.yaml", """
                models:
                  m:
                    backends:
                      - {provider: openai, model_id: later, priority: 2, input_cost: 0.1, output_cost: 0.1}
                      - {provider: openai, model_id: unpriced, priority: 1}
                      - {provider: openai, model_id: dear, priority: 1, input_cost: 1, output_cost: 9}
                      - {provider: openai, model_id: cheap, priority: 1, input_cost: 2, output_cost: 3}
                      - {provider: openai, model_id: gift, priority: 1, free: true}
                """).load().catalogue().models().get("m");

        assertThat(entry.backends())
                .extracting(Catalogue.Backend::model)
                .containsExactly("gift", "cheap", "dear", "unpriced", "later");
    }

    static Stream<Arguments> wrongModels() {
        return Stream.of(
                Arguments.of(
                        "m: {tier: gold, backends: [{provider: openai, model_id: m}]}",
                        "models.m.tier",
                        "premium, standard, economy"),
                Arguments.of(
                        "m: {capabilities: [visoin], backends: [{provider: openai, model_id: m}]}",
                        "models.m.capabilities",
                        "did you mean `vision`?"),
                Arguments.of("m: {}", "models.m.backends", "at least one backend"),
                Arguments.of("m: {backends: []}", "models.m.backends", "at least one backend"),
                Arguments.of("m: {backends: [{provider: openai}]}", "models.m.backends[0]", "`model_id` is missing"),
                Arguments.of(
                        "m: {backends: [{provider: opnai, model_id: m}]}",
                        "models.m.backends[0].provider",
                        "did you mean `openai`?"),
                Arguments.of(
                        "m: {backends: [{provider: local, model_id: ecko}]}",
                        "models.m.backends[0].model_id",
                        "did you mean `echo`?"),
                Arguments.of(
                        "m: {backends: [{provider: openai, model_id: m, input_cost: -1}]}",
                        "models.m.backends[0].input_cost",
                        "0 or more"),
                Arguments.of(
                        "m: {backends: [{provider: openai, model_id: m, input_cost: .nan}]}",
                        "models.m.backends[0].input_cost",
                        "0 or more"),
                Arguments.of(
                        "m: {backends: [{provider: openai, model_id: m, input_cost: 0, output_cost: 0}]}",
                        "models.m.backends[0].input_cost",
                        "`free: true`"),
                Arguments.of(
                        "m: {backends: [{provider: openai, model_id: m, per_minute_cost: 0}]}",
                        "models.m.backends[0].per_minute_cost",
                        "`free: true`"),
                Arguments.of(
                        "m: {backends: [{provider: openai, model_id: m, inputcost: 1}]}",
                        "models.m.backends[0].inputcost",
                        "did you mean `input_cost`?"),
                Arguments.of(
                        "m: {quality: 1.5, backends: [{provider: openai, model_id: m}]}",
                        "models.m.quality",
                        "whole number"),
                Arguments.of(
                        "m: {context_window: 0, backends: [{provider: openai, model_id: m}]}",
                        "models.m.context_window",
                        "above 0"),
                Arguments.of("a/b: {backends: [{provider: openai, model_id: m}]}", "models.a/b", "no `/`"),
                Arguments.of("m: &m {backends: [{provider: openai, model_id: m}]}, m: *m", "models.m", "stands twice"));
    }

    @ParameterizedTest
    @MethodSource("wrongModels")
    void aWrongModelIsOneProblemAtItsPath(String models, String where, String what) {
        assertThat(folder.file("models.yaml", "models: {" + models + "}").problems())
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.path()).isEqualTo(where);
                    assertThat(p.message()).contains(what);
                });
    }

    @Test
    void aBackendOfAProviderWithoutAKeyIsKeptForRoutingToDecide() {
        Snapshot snapshot = folder.file("providers.yaml", "providers: {mine: {type: openai, endpoint: 'http://x'}}")
                .file("models.yaml", "models: {m: {backends: [{provider: mine, model_id: m}]}}")
                .load();

        assertThat(snapshot.providers()).doesNotContainKey("mine");
        assertThat(snapshot.catalogue().models().get("m").backends()).hasSize(1);
    }

    @Test
    void onlyOutputMayCostNothing() {
        assertThat(folder.file(
                                "models.yaml",
                                "models: {m: {backends: [{provider: openai, model_id: m, input_cost: 0.02, output_cost: 0}]}}")
                        .load()
                        .catalogue()
                        .models())
                .containsKey("m");
    }
}
