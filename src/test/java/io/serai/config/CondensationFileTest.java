package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CondensationFileTest {
    private static final String PROVIDERS = """
            providers:
              p: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key_required: false, models: [{name: m}, {name: n%s}]}
            %s
            """;

    @TempDir
    Path path;

    private TestFolder folder;

    @BeforeEach
    void rotation() {
        folder = new TestFolder(path)
                .file("rotations.yaml", "rotations: {general: {providers: [{provider_id: p, models: [{name: m}]}]}}");
    }

    private TestFolder providers(String ofModel, String more) {
        return folder.file("providers.yaml", PROVIDERS.formatted(ofModel, more));
    }

    @ParameterizedTest
    @CsvSource({
        "'{provider_id: p, model: n}', p/n",
        "'{model: p/n}', p/n",
        "'{model: p}', p/m",
        "'{model: general}', rotation/general",
        "'{provider_id: p, model: general}', rotation/general",
        "'{rotation_id: general}', rotation/general",
        "'{provider_id: p, model: n, rotation_id: other}', p/n",
        "'{model: internal}',",
        "'{enabled: true}',"
    })
    void theModelThatSumsUpIsFoundAsAisbfFindsIt(String written, String model) {
        Condensers read = providers("", "condensation: " + written).load().condensation();

        assertThat(read.model()).isEqualTo(model);
        assertThat(read.enabled()).isTrue();
    }

    @Test
    void whatNamesNoModelIsAnError() {
        assertThat(providers("", "condensation: {model: nobody/x}").errors())
                .singleElement()
                .asString()
                .contains("condensation.model", "`nobody/x` is no model here");
    }

    @Test
    void aJanitorMustBeAModel() {
        assertThat(providers("", "")
                        .file("application.properties", "serai.condensation.janitor=p/m")
                        .load()
                        .condensation()
                        .janitor())
                .isEqualTo("p/m");
        assertThat(providers("", "")
                        .file("application.properties", "serai.condensation.janitor=nobody/x")
                        .errors())
                .singleElement()
                .asString()
                .contains("serai.condensation.janitor", "`nobody/x` is no model here");
    }

    @Test
    void aMethodThatThereIsNotIsAnErrorWithTheNearest() {
        assertThat(providers(", condense_method: [semantic, heirarchical]", "").errors())
                .singleElement()
                .asString()
                .contains("condense_method", "`heirarchical` is no method", "`hierarchical`");
    }

    @Test
    void oneMethodOrSeveralMayBeNamed() {
        assertThat(providers(", condense_method: semantic", "")
                        .load()
                        .providers()
                        .get("p")
                        .models()
                        .getLast()
                        .limits()
                        .condenseMethod())
                .isEqualTo(List.of("semantic"));
    }
}
