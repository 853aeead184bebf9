package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AllErrorsAtOnceTest {
    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path);
    }

    @Test
    void threeBrokenFilesAreReportedTogetherWithFileLineAndPath() {
        folder.file("application.properties", """
                        serai.port=33850
                        serai.prot=1
                        serai.log.json=maybe
                        """).file("providers.yaml", """
                        providers:
                          gpu:
                            type: opnai
                            endpoint: http://10.0.0.1/v1
                            api_key_requird: false
                          user-bob:
                            type: local
                        """).file("models.yaml", """
                        models:
                          big:
                            tier: premum
                            backends:
                              - {provider: gqu, model_id: m}
                        """);

        List<String> errors = folder.errors();

        assertThat(errors)
                .hasSize(7)
                .anyMatch(e ->
                        e.startsWith("application.properties:2 serai.prot: unknown key; did you mean `serai.port`?"))
                .anyMatch(e -> e.startsWith("application.properties:3 serai.log.json: expected true or false"))
                .anyMatch(e -> e.startsWith("providers.yaml:3 providers.gpu.type: not one of")
                        && e.endsWith("did you mean `openai`?"))
                .anyMatch(
                        e -> e.startsWith(
                                "providers.yaml:5 providers.gpu.api_key_requird: unknown key; did you mean `api_key_required`?"))
                .anyMatch(e -> e.startsWith("providers.yaml:6 providers.user-bob: the id `user-bob` is reserved"))
                .anyMatch(e -> e.startsWith("models.yaml:3 models.big.tier:") && e.endsWith("did you mean `premium`?"))
                .anyMatch(
                        e -> e.startsWith(
                                "models.yaml:5 models.big.backends[0].provider: no provider is called `gqu`; did you mean `gpu`?"));
    }

    static Stream<Arguments> wrongProviders() {
        return Stream.of(
                Arguments.of(
                        "a: {type: local, models: {x: 1}}", "providers.a.models", "expected a list, found a mapping"),
                Arguments.of(
                        "a: {type: openai, endpoint: 'http://x/v1', prompt_caching: yes please}",
                        "providers.a.prompt_caching",
                        "expected none, key or breakpoints"),
                Arguments.of(
                        "a: {type: local, models: [x]}", "providers.a.models[0]", "expected a mapping, found text"),
                Arguments.of("a: {type: local, models: [{}]}", "providers.a.models[0]", "`name` is missing"),
                Arguments.of(
                        "a: {type: local, models: [{name: x}, {name: x}]}",
                        "providers.a.models[1].name",
                        "stands twice"),
                Arguments.of(
                        "a: {type: local, models: [{name: 4.1}]}",
                        "providers.a.models[0].name",
                        "expected text, found a number; put it in quotes"),
                Arguments.of(
                        "a: {type: local, models: [{name: x, context_size: 1, context_length: 2}]}",
                        "providers.a.models[0].context_length",
                        "same meaning"),
                Arguments.of(
                        "a: {type: local, models: [{name: x, rate_limit_TPM: -1}]}",
                        "providers.a.models[0].rate_limit_TPM",
                        "expected a whole number, 0 or more"),
                Arguments.of(
                        "a: {type: local, models: [{name: x, context_size: 9999999999}]}",
                        "providers.a.models[0].context_size",
                        "expected a whole number"),
                Arguments.of(
                        "a: {type: local, api_key_required: 'no'}",
                        "providers.a.api_key_required",
                        "expected true or false, found text"),
                Arguments.of(
                        "a: {type: local, rate_limit: '1'}",
                        "providers.a.rate_limit",
                        "expected a number, 0 or more, found text"),
                Arguments.of("a: {type: local, rate_limit: .inf}", "providers.a.rate_limit", "expected a number"),
                Arguments.of(
                        "a: {type: local, default_condense_context: 120}",
                        "providers.a.default_condense_context",
                        "from 0 to 100"),
                Arguments.of("a: {type: local, timeouts: {connect: 0}}", "providers.a.timeouts.connect", "above 0"),
                Arguments.of(
                        "a: {type: local, timeouts: {conect: 1}}",
                        "providers.a.timeouts.conect",
                        "did you mean `connect`?"),
                Arguments.of("a: {type: local, id: b}", "providers.a.id", "must be the key"),
                Arguments.of(
                        "a: {type: local, chat_path: /x}",
                        "providers.a.chat_path",
                        "only an OpenAI-compatible endpoint"),
                Arguments.of("a: {endpoint: 'http://x'}", "providers.a", "`type` is missing"),
                Arguments.of("a: {type: openai, api_key_required: false}", "providers.a", "`endpoint` is missing"),
                Arguments.of("a: text", "providers.a", "expected a mapping, found text"),
                Arguments.of("'a b': {type: local}", "providers.a b", "letters, digits"),
                Arguments.of("a: {type: local, headers: {Host: x}}", "providers.a.headers", "can't be set"),
                Arguments.of("a: {type: local, headers: {X: \"a\\nb\"}}", "providers.a.headers", "no header can carry"),
                Arguments.of("rotation: {type: local}", "providers.rotation", "reserved"),
                Arguments.of("v1: {type: local}", "providers.v1", "reserved"),
                Arguments.of(
                        "a: {type: local}, b: &x {type: local}, a: *x",
                        "providers.a",
                        "stands twice, first in line 1"));
    }

    @ParameterizedTest
    @MethodSource("wrongProviders")
    void aWrongEntryIsOneProblemAtItsPath(String entries, String where, String what) {
        List<ConfigProblem> problems =
                folder.file("providers.yaml", "providers: {" + entries + "}").problems();

        assertThat(problems).singleElement().satisfies(p -> {
            assertThat(p.path()).isEqualTo(where);
            assertThat(p.message()).contains(what);
            assertThat(p.line()).isEqualTo(1);
        });
    }

    static Stream<Arguments> wrongEndpoints() {
        return Stream.of(
                Arguments.of("x.example/v1", "http://"),
                Arguments.of("ftp://x.example", "http://"),
                Arguments.of("http://", "URL"),
                Arguments.of("https://bob:hunter2@x.example/v1", "no user"),
                Arguments.of("https://x.example/v1?a=b", "query"),
                Arguments.of("https://x.example:port/v1", "host"),
                Arguments.of("https://x y/v1", "URL"));
    }

    @ParameterizedTest
    @MethodSource("wrongEndpoints")
    void anEndpointThatCannotWorkIsRefusedAtLoad(String endpoint, String what) {
        List<String> errors = folder.file(
                        "providers.yaml",
                        "providers: {a: {type: openai, api_key_required: false, endpoint: '" + endpoint + "'}}")
                .errors();

        assertThat(errors)
                .singleElement()
                .asString()
                .contains("providers.a.endpoint", what)
                .doesNotContain("hunter2");
    }

    @Test
    void aReferenceToNothingFailsTheLoadAndNamesTheVariable() {
        List<String> errors =
                folder.env("EMPTY", " ").file("providers.yaml", """
                        providers:
                          a:
                            type: openai
                            endpoint: "{{env:NOWHERE}}"
                            api_key: "{{env:EMPTY}}"
                            headers: {X-A: "{{file:missing.txt}}", X-B: "{{vault:x}}"}
                        """).errors();

        assertThat(errors)
                .hasSize(4)
                .anyMatch(e -> e.startsWith(
                        "providers.yaml:4 providers.a.endpoint: {{env:NOWHERE}}: the environment has no NOWHERE"))
                .anyMatch(e -> e.startsWith("providers.yaml:5 providers.a.api_key: {{env:EMPTY}}"))
                .anyMatch(e -> e.contains("providers.a.headers.X-A: {{file:missing.txt}}: the file can't be read"))
                .anyMatch(e -> e.contains("providers.a.headers.X-B: `{{vault:...}}` is not a reference"));
    }

    @Test
    void anIdThatIsTheNameOfAnInstanceIsRefused() {
        List<String> errors = folder.env("OPENAI_API_KEYS", "k1,k2")
                .file("providers.yaml", """
                        providers:
                          openai: {}
                          openai-1: {type: local}
                          openai-2: {type: local}
                        """)
                .errors();

        assertThat(errors)
                .singleElement()
                .asString()
                .startsWith("providers.yaml:3 providers.openai-1:")
                .contains("instance");
    }

    @Test
    void aFileAndItsPredecessorTogetherAreAnError() {
        List<String> errors = folder.file("providers.yaml", "")
                .file("providers.json", "{}")
                .file("models.yaml", "")
                .file("modelsconfig.yml", "")
                .errors();

        assertThat(errors)
                .containsExactly(
                        "providers.json: providers.yaml is there too; keep one of them",
                        "modelsconfig.yml: models.yaml is there too; keep one of them");
    }

    @Test
    void aFolderThatIsNotThereIsNotPassedOverInSilence() {
        assertThat(new TestFolder(path.resolve("typo")).errors())
                .singleElement()
                .asString()
                .contains("is not a folder");
    }

    @Test
    void aMisnamedFileIsPointedOut() {
        assertThat(folder.file("providers.yml", "x").load().warnings())
                .contains("providers.yml: not read; the file must be called providers.yaml");
    }

    @Test
    void filesOfLaterVersionsAreLeftAlone() {
        assertThat(folder.file("aisbf.json", "]").load().warnings()).isEmpty();
    }
}
