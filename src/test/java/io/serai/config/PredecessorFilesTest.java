package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredecessorFilesTest {
    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path);
    }

    @Test
    void aisbfsSampleLoadsAsItIsWithoutAnyKey() {
        Snapshot snapshot = folder.sample("aisbf/providers.json").load();

        assertThat(snapshot.providers().keySet())
                .containsExactly("ollama", "kilo", "kiro", "kiro-cli", "claude", "local");
    }

    @Test
    void aisbfsSampleNamesEveryEntryThatItLeavesOutOnce() {
        List<String> warnings = folder.sample("aisbf/providers.json").load().warnings();

        for (String id : List.of(
                "cohere", "huggingface", "replicate", "stabilityai", "poe", "lanai", "amazon", "ibm", "microsoft")) {
            assertThat(warnings)
                    .filteredOn(w -> w.contains("providers." + id + ".type:"))
                    .singleElement()
                    .asString()
                    .matches("providers\\.json:\\d+ .*; this provider is left out");
        }
        for (String id : List.of(
                "gemini", "openai", "anthropic", "azure_openai", "togetherai", "groq", "mistralai", "perplexity")) {
            assertThat(warnings)
                    .filteredOn(w -> w.startsWith(id + ": no key; set "))
                    .hasSize(1);
        }
    }

    @Test
    void aisbfsUnknownKeysAreIgnoredAndNamedInOneLine() {
        assertThat(folder.sample("aisbf/providers.json").load().warnings())
                .filteredOn(w -> w.contains("unknown keys"))
                .containsExactly("providers.json: unknown keys ignored: subscription_tier, supports_streaming");
    }

    @Test
    void aisbfsProvidersGetTheirKeysFromTheEnvironment() {
        Snapshot snapshot = folder.sample("aisbf/providers.json")
                .env("GROQ_API_KEYS", "k1,k2")
                .env("AZURE_OPENAI_API_KEY", "z")
                .load();

        assertThat(snapshot.providers().get("groq").keys()).hasSize(2);
        assertThat(snapshot.providers().get("groq").models().get(0).contextSize())
                .isEqualTo(131072);
        assertThat(snapshot.providers().get("azure_openai").keys()).hasSize(1);
    }

    @Test
    void aReservedIdIsRenamedWithAWarning() {
        Snapshot snapshot = folder.file(
                        "providers.json",
                        "{\"providers\": {\"models\": {\"type\": \"local\"}, \"user-bob\": {\"type\": \"local\"}}}")
                .load();

        assertThat(snapshot.providers()).containsKeys("provider-models", "provider-user-bob");
        assertThat(snapshot.warnings())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("providers.json:1 providers.models: the id `models` is reserved")
                .endsWith("renamed to `provider-models`");
    }

    @Test
    void anIdThatClashesWithAnInstanceIsRenamedWithAWarning() {
        Snapshot snapshot = folder.env("OPENAI_API_KEYS", "a,b")
                .file("providers.json", "{\"providers\": {\"openai\": {}, \"openai-0\": {\"type\": \"local\"}}}")
                .load();

        assertThat(snapshot.providers().keySet()).containsExactly("openai", "provider-openai-0", "local");
        assertThat(snapshot.providers().get("provider-openai-0").id()).isEqualTo("provider-openai-0");
        assertThat(snapshot.warnings()).anyMatch(w -> w.contains("renamed to `provider-openai-0`"));
    }

    @Test
    void aReferenceToNothingDisablesOnlyItsEntry() {
        Snapshot snapshot = folder.file("providers.json", """
                {"providers": {
                \t"a": {"type": "openai", "endpoint": "http://x", "api_key": "{{env:NOWHERE}}"},
                \t"b": {"type": "openai", "endpoint": "http://x", "api_key_required": false}
                }}""").load();

        assertThat(snapshot.providers().keySet()).containsExactly("b", "local");
        assertThat(snapshot.warnings())
                .anyMatch(w -> w.startsWith("providers.json:2 providers.a.api_key: {{env:NOWHERE}}"));
    }

    @Test
    void aFileThatIsNoJsonIsAnErrorAllTheSame() {
        assertThat(folder.file("providers.json", "{\"providers\": ").errors())
                .singleElement()
                .asString()
                .startsWith("providers.json:1: not valid YAML");
    }

    @Test
    void aiBrokersCatalogueLoadsAsItIs() {
        Snapshot snapshot = folder.sample("aibroker/modelsconfig.yml").load();

        assertThat(snapshot.catalogue().models().keySet()).containsExactly("gpt-4o", "llama-3.3-70b", "whisper-1");
        Catalogue.Entry llama = snapshot.catalogue().models().get("llama-3.3-70b");
        assertThat(llama.backends())
                .extracting(Catalogue.Backend::provider)
                .containsExactly("groq", "sambanova", "openrouter");
        assertThat(llama.backends().get(1).prices()).containsEntry("input_cost", BigDecimal.ZERO);
    }

    @Test
    void aiBrokersDanglingNamesDisableOnlyTheirEntries() {
        assertThat(folder.sample("aibroker/modelsconfig.yml").load().warnings())
                .anyMatch(
                        w -> w.contains(
                                "models.gpt-4o.backends[1].provider: no provider is called `oldcloud`; this backend is left out"))
                .anyMatch(w -> w.contains("models.abandoned: no usable backend; this model is left out"))
                .anyMatch(w -> w.contains("models.gpt-4o.capabilities: `function_calling`"))
                .contains("modelsconfig.yml: unknown keys ignored: owner, region");
    }
}
