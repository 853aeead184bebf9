package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoselectFileTest {
    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path)
                .file("providers.yaml", """
                        providers:
                          a: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: "{{env:A}}", models: [{name: m1}, {name: m2}]}
                          b: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: "{{env:A}}"}
                        """)
                .file("rotations.yaml", """
                        rotations:
                          chat: {providers: [{provider_id: a}]}
                          a: {providers: [{provider_id: a}]}
                        """)
                .env("A", "ka");
    }

    private Autoselect smart(String yaml) {
        return folder.file("autoselect.yaml", yaml).load().autoselects().get("smart");
    }

    private static String with(String more) {
        return "smart:\n  fallback: chat\n  available_models: [{model_id: a/m1, description: x}]\n" + more;
    }

    @Test
    void everyKeyIsRead() {
        Autoselect smart = smart("""
                smart:
                  model_name: Smart
                  description: The right one
                  selection_model: b/any
                  classify_semantic: true
                  fallback: rotation/chat
                  capabilities: [tool_calling]
                  available_models:
                    - {model_id: a/m1, description: Code, priority: 2, max_tokens: 4000}
                    - {model_id: autoselect/other, description: Rest}
                other: {fallback: chat, available_models: [{model_id: chat, description: x}]}
                """);

        assertThat(smart.modelName()).isEqualTo("Smart");
        assertThat(smart.selectionModel()).isEqualTo("b/any");
        assertThat(smart.byMeaning()).isTrue();
        assertThat(smart.choices().get(0))
                .isEqualTo(new Autoselect.Choice(new Autoselect.Name("a/m1", "a/m1"), "Code", 2, 4000, Permits.NONE));
        assertThat(smart.choices().get(1).model().path()).isEqualTo("autoselect/other");
    }

    @Test
    void aBareNameIsARotationThenAnAutoselectThenOfTheCatalogueThenAProvider() {
        Autoselect smart = folder.shippedModels("models: {known: {backends: [{provider: a, model_id: m1}]}}")
                .file("autoselect.yaml", """
                        smart:
                          fallback: a
                          available_models:
                            - {model_id: chat, description: x}
                            - {model_id: other, description: x}
                            - {model_id: known, description: x}
                            - {model_id: local, description: x}
                        other: {fallback: chat, available_models: [{model_id: chat, description: x}]}
                        """)
                .load()
                .autoselects()
                .get("smart");

        assertThat(smart.choices().stream().map(c -> c.model().path()))
                .containsExactly("rotation/chat", "autoselect/other", "known", "local/echo");
        assertThat(smart.fallback().path()).isEqualTo("rotation/a"); // the rotation goes before the provider
    }

    @Test
    void whereNothingIsSaidTheMeaningDecidesUnlessThereIsAisbfsUsualModel() {
        assertThat(smart(with("")).byMeaning()).isTrue();
        folder.file("rotations.yaml", """
                rotations:
                  chat: {providers: [{provider_id: a}]}
                  general: {providers: [{provider_id: a}]}
                """);
        assertThat(smart(with("")).byMeaning()).isFalse();
        assertThat(smart(with("")).selectionModel()).isEqualTo("rotation/general");
    }

    @Test
    void danglingNamesAreSaidWithTheOnesThatWereMeant() {
        folder.file("autoselect.yaml", """
                smart:
                  fallback: chta
                  selection_model: rotation/cat
                  available_models:
                    - {model_id: a/m3, description: x}
                    - {model_id: c/m, description: x}
                    - {model_id: autoselect/smrt, description: x}
                """);

        assertThat(folder.errors())
                .hasSize(6)
                .anyMatch(e -> e.startsWith("autoselect.yaml:2") && e.contains("did you mean `chat`?"))
                .anyMatch(e -> e.startsWith("autoselect.yaml:3") && e.contains("did you mean `rotation/chat`?"))
                .anyMatch(e -> e.startsWith("autoselect.yaml:5") && e.contains("did you mean `a/m"))
                .anyMatch(e -> e.startsWith("autoselect.yaml:7") && e.contains("did you mean `autoselect/smart`?"))
                .anyMatch(e -> e.contains("no usable model"));
    }

    @Test
    void whatIsMissingIsSaid() {
        folder.file(
                "autoselect.yaml", "smart: {available_models: [{description: x}, {model_id: chat}], colour: red}\n");

        assertThat(folder.errors())
                .anyMatch(e -> e.contains("`model_id` is missing"))
                .anyMatch(e -> e.contains("`description` is missing"))
                .anyMatch(e -> e.contains("`fallback` is missing"))
                .anyMatch(e -> e.contains("smart.colour") && e.contains("unknown key"));
    }

    @Test
    void oneThatStandsTwiceIsRefused() {
        folder.file("autoselect.yaml", """
                smart:
                  fallback: chat
                  available_models: [{model_id: chat, description: x}, {model_id: rotation/chat, description: y}]
                """);

        assertThat(folder.errors()).singleElement().asString().contains("stands twice");
    }

    @Test
    void loopsAreRefusedWhicheverWayTheyGo() {
        folder.file("autoselect.yaml", """
                one: {fallback: chat, available_models: [{model_id: autoselect/two, description: x}]}
                two: {fallback: autoselect/one, available_models: [{model_id: chat, description: x}]}
                three: {fallback: chat, selection_model: autoselect/three, available_models: [{model_id: chat, description: x}]}
                """);

        assertThat(folder.errors())
                .hasSize(2)
                .anyMatch(e -> e.contains("autoselect/one -> autoselect/two -> autoselect/one"))
                .anyMatch(e -> e.contains("autoselect/three -> autoselect/three"));
    }

    @Test
    void aModelInsideAisbfsProcessIsWarnedOfOnce() {
        Snapshot loaded = folder.file(
                        "autoselect.yaml",
                        with("  selection_model: internal\n")
                                + with("  selection_model: internal\n").replace("smart", "other"))
                .load();

        assertThat(loaded.autoselects().get("smart").selectionModel()).isNull();
        assertThat(loaded.autoselects().get("smart").byMeaning()).isFalse();
        assertThat(loaded.warnings().stream().filter(w -> w.contains("internal")))
                .hasSize(1);
    }

    @Test
    void whatItSearchesPromptsForAndWhoMaySeeThemIsRead() {
        Autoselect smart = smart("""
                smart:
                  classify_privacy: true
                  nsfw: true
                  privacy: false
                  fallback: chat
                  available_models:
                    - {model_id: a/m1, description: x, privacy: true}
                    - {model_id: a/m2, description: x, nsfw: false}
                """);

        assertThat(smart.classifies()).containsExactly(Sensitive.PRIVACY);
        assertThat(smart.permits()).isEqualTo(new Permits(true, null));
        assertThat(smart.vouches("a/m1", Permits.NONE)).isEqualTo(new Permits(true, true));
        assertThat(smart.vouches("a/m2", Permits.NONE)).isEqualTo(new Permits(false, null));
        assertThat(smart.vouches("rotation/chat", Permits.NONE)).isEqualTo(new Permits(true, null));
        assertThat(smart.vouches("a/m1", new Permits(null, false))).isEqualTo(new Permits(true, false));
    }

    @Test
    void searchingForWhatNobodyMaySeeIsWarnedOf() {
        assertThat(folder.file("autoselect.yaml", with("  classify_privacy: true\n"))
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .contains("privacy: true", "404");
    }

    @Test
    void theSettingSaysWhetherMeaningDecidesWhereTheFileDoesNot() {
        folder.option("serai.classify.semantic", "true")
                .file(
                        "autoselect.yaml",
                        with("")
                                + with("  classify_semantic: false\n  selection_model: b/any\n")
                                        .replace("smart", "other"));

        assertThat(folder.load().autoselects().get("smart").byMeaning()).isTrue();
        assertThat(folder.load().autoselects().get("other").byMeaning()).isFalse();
    }

    @Test
    void keysForLaterAreNamedOnce() {
        List<String> warnings = folder.file(
                        "autoselect.yaml", with("  default_parameters: {temperature: 1}\n  default_rate_limit: 3\n"))
                .load()
                .warnings();

        assertThat(warnings).singleElement().asString().contains("default_parameters", "default_*");
    }

    @Test
    void aisbfsOwnFileLosesOnlyWhatIsWrongInIt() {
        Snapshot loaded = folder.file("autoselect.json", """
                        {"_comment": "x",
                         "smart": {"model_name": "s", "description": "d", "selection_model": "internal", "fallback": "chat",
                           "available_models": [{"model_id": "chat", "description": "x", "nsfw": false},
                                                {"model_id": "nobody", "description": "x"}], "strange": 1},
                         "lost": {"fallback": "nobody", "available_models": [{"model_id": "chat", "description": "x"}]}}
                        """).load();

        assertThat(loaded.autoselects().keySet()).containsExactly("smart");
        assertThat(loaded.autoselects().get("smart").choices()).hasSize(1);
        assertThat(loaded.warnings())
                .anyMatch(w -> w.contains("nobody") && w.contains("left out"))
                .anyMatch(w -> w.contains("strange"));
    }

    @Test
    void bothFilesAtOnceAreRefused() {
        folder.file("autoselect.yaml", "{}\n").file("autoselect.json", "{}");

        assertThat(folder.errors()).singleElement().asString().contains("keep one of them");
    }
}
