package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ProvidersFileTest {
    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path);
    }

    private Provider provider(String id, String yaml) {
        return folder.file("providers.yaml", yaml).load().providers().get(id);
    }

    @Test
    void theShippedFilesAloneGiveTheBuiltInProvider() throws ConfigException {
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(null, Map.of(), Map.of()));

        assertThat(snapshot.providers()).containsOnlyKeys("local");
        assertThat(snapshot.providers().get("local").takes("echo")).isTrue();
        assertThat(snapshot.warnings()).isEmpty();
    }

    @Test
    void theBuiltInProviderStaysWhenTheOperatorsFileDoesNotNameIt() {
        assertThat(folder.file("providers.yaml", "").load().providers()).containsOnlyKeys("local");
    }

    @Test
    void theBuiltInProviderCanBeSwitchedOff() {
        assertThat(folder.file("providers.yaml", "providers: {local: {enabled: false, type: local}}")
                        .load()
                        .providers())
                .isEmpty();
    }

    @Test
    void everyKeyOfTheDocumentationIsAccepted() {
        Snapshot snapshot = folder.env("KEY", "k").file("providers.yaml", """
                _comment: keys with an underscore are comments
                condensation: {provider_id: p, model: m, rotation_id: r, enabled: true, max_context: 8000}
                providers:
                  p:
                    id: p
                    name: P
                    type: kilocode
                    endpoint: https://p.example/v1
                    api_key_required: true
                    api_key: "{{env:KEY}}"
                    api_keys: ["{{env:KEY}}"]
                    headers: {X-Number: 1}
                    model_filter: "gpt-*"
                    enabled: true
                    rate_limit: 0.5
                    default_rate_limit: 1
                    default_max_request_tokens: 1
                    default_rate_limit_TPM: 1
                    default_rate_limit_TPH: 1
                    default_rate_limit_TPD: 1
                    default_context_size: 1
                    default_condense_context: 80
                    default_condense_method: [semantic, hierarchical]
                    default_error_cooldown: 1
                    nsfw: true
                    privacy: true
                    enable_native_caching: true
                    cache_ttl: 300
                    min_cacheable_tokens: 1024
                    prompt_cache_key: x
                    enable_response_cache: false
                    timeouts: {connect: 1, first_event: 2.5, idle: 500ms, total: 2m}
                    claude_config: {credentials_file: x}
                    kiro_config: {region: us-east-1}
                    kilo_config: {api_base: x}
                    models:
                      - name: m
                        rate_limit: 1
                        max_request_tokens: 1
                        rate_limit_TPM: 1
                        rate_limit_TPH: 1
                        rate_limit_TPD: 1
                        context_size: 4096
                        context_length: 4096
                        context_window: 4096
                        condense_context: 80
                        condense_method: semantic
                        error_cooldown: 1
                        nsfw: false
                        privacy: false
                        capabilities: [vision]
                        description: d
                        architecture: {modality: text}
                        pricing: {prompt: "0.000001", completion: 0.000002}
                        top_provider: {is_moderated: false}
                        supported_parameters: [tools]
                        default_parameters: {temperature: 0.7}
                        enable_response_cache: true
                        timeouts: {total: 5}
                """).load();

        Provider p = snapshot.providers().get("p");
        assertThat(p.type()).isEqualTo("kilo");
        assertThat(p.keys()).hasSize(1);
        assertThat(p.headers().get("X-Number").reveal()).isEqualTo("1");
        assertThat(p.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofMillis(500), Duration.ofMinutes(2)));
        Provider.Model m = p.models().get(0);
        assertThat(m.contextSize()).isEqualTo(4096);
        assertThat(m.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofMillis(500), Duration.ofSeconds(5)));
        assertThat(m.limits().tokensPerMinute()).isEqualTo(1);
        assertThat(p.defaults().tokensPerHour()).isEqualTo(1);
        assertThat(p.rateLimit()).isEqualTo(Duration.ofMillis(500));
        assertThat(m.extra())
                .containsEntry("pricing", Map.of("prompt", "0.000001", "completion", new BigDecimal("0.000002")))
                .doesNotContainKey("name");
        assertThat(m.permits()).isEqualTo(new Permits(false, false));
        assertThat(p.permits()).isEqualTo(new Permits(true, true));
        assertThat(snapshot.warnings())
                .singleElement()
                .asString()
                .startsWith("accepted, but without effect in this version: ")
                .contains("claude_config", "kiro_config")
                .doesNotContain(
                        "condens", "max_request_tokens", "rate_limit", "description", "max_context", "timeouts");
    }

    @Test
    void aKeyThatAsksForNothingIsNotCalledWithoutEffect() {
        assertThat(folder.file(
                                "providers.yaml",
                                "providers: {a: {type: local, rate_limit: 0, nsfw: false, cache_ttl: null}}")
                        .load()
                        .warnings())
                .isEmpty();
    }

    @Test
    void nativeCachingIsOffAndItsFiguresAreThoseOfTheDocumentation() {
        folder.env("ANTHROPIC_API_KEY", "k");

        assertThat(provider("anthropic", "providers: {anthropic: {}}").caching())
                .isEqualTo(new Provider.PromptCaching(false, null, 1024, null));
    }

    @Test
    void nativeCachingIsReadAsWritten() {
        folder.env("ANTHROPIC_API_KEY", "k");

        Provider p = provider("anthropic", """
                providers:
                  anthropic:
                    enable_native_caching: true
                    cache_ttl: 3600
                    min_cacheable_tokens: 2048
                    prompt_cache_key: team
                """);

        assertThat(p.caching()).isEqualTo(new Provider.PromptCaching(true, Duration.ofHours(1), 2048, "team"));
    }

    @Test
    void nativeCachingOfAKindWithoutOneIsCalledWithoutEffect() {
        assertThat(folder.file(
                                "providers.yaml",
                                "providers: {a: {type: ollama, enable_native_caching: true, prompt_cache_key: k}}")
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .endsWith("enable_native_caching, prompt_cache_key");
    }

    @Test
    void anthropicsVersionDecidesHowTheKeyIsSent() {
        folder.env("ANTHROPIC_API_KEY", "k");

        Provider old = provider("anthropic", "providers: {anthropic: {}}");
        Provider young = provider("anthropic", "providers: {anthropic: {api_version: '2026-10-21'}}");

        assertThat(old.apiVersion()).isEqualTo("2023-06-01");
        assertThat(old.wire().authHeader()).isEqualTo("x-api-key");
        assertThat(young.apiVersion()).isEqualTo("2026-10-21");
        assertThat(young.wire().authHeader()).isEqualTo("Authorization");
        assertThat(young.wire().authScheme()).isEqualTo("Bearer");
    }

    @Test
    void rulesWithoutThePricesThatTheyChangeAreAnError() {
        folder.file(
                "providers.yaml",
                "providers: {a: {type: openai, endpoint: \"http://h/v1\", api_key: k,"
                        + " models: [{name: m, price_rules: [{service_tier: flex, factor: 0.5}]}]}}");
        assertThat(folder.problems()).singleElement().asString().contains("models[0].price_rules", "`pricing`");
    }

    @Test
    void rulesForPricesThatNobodyNamedAreAnError() {
        assertThat(problemsOf("pricing: {discount: 0}, price_rules: [{service_tier: flex, factor: 0.5}]"))
                .singleElement()
                .asString()
                .contains("models[0].price_rules", "`pricing`");
    }

    @ParameterizedTest
    @CsvSource({
        "prompt,    2.5,     more than 0.01 US dollars for one token",
        "hour,      1000.1,  more than 1000 US dollars",
        "minute,    -1,      0 or more",
        "character, cheap,   0 or more",
        "image,     true,    0 or more",
        "request,   [1],     0 or more",
    })
    void aPriceThatCanNotBeTakenIsAnError(String name, String value, String message) {
        assertThat(problemsOf("pricing: {" + name + ": " + value + "}"))
                .singleElement()
                .asString()
                .contains("models[0].pricing." + name, message);
    }

    private List<?> problemsOf(String model) {
        folder.file(
                "providers.yaml",
                "providers: {a: {type: openai, endpoint: \"http://h/v1\", api_key: k, models: [{name: m, " + model
                        + "}]}}");
        return folder.problems();
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic, latest, a date such as 2023-06-01",
        "openai, 2023-06-01, only the type anthropic takes this",
    })
    void aVersionThatMeansNothingIsAnError(String type, String version, String message) {
        folder.file(
                "providers.yaml",
                "providers: {a: {type: %s, endpoint: 'https://a.example', api_key_required: false, api_version: '%s'}}"
                        .formatted(type, version));

        assertThat(folder.problems()).singleElement().asString().contains("providers.a.api_version", message);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, https://x.example/v1, https://x.example/v1",
        "openai, https://x.example/v1/, https://x.example/v1",
        "openai, https://x.example/v1//, https://x.example/v1/",
        "anthropic, https://x.example//, https://x.example",
        "ollama, http://my_ollama:11434/, http://my_ollama:11434",
        "anthropic, https://x.example/proxy/v1/, https://x.example/proxy",
        "ollama, http://127.0.0.1:11434/api, http://127.0.0.1:11434",
        "google, 'http://[::1]:80/v1beta/', 'http://[::1]:80'",
    })
    void endpointsStayAsWrittenButForTheSlashAndTheVersionThatAnAdapterKnows(String type, String written, String read) {
        Provider a = provider(
                "a", "providers: {a: {type: %s, endpoint: '%s', api_key_required: false}}".formatted(type, written));

        assertThat(a.endpoint()).isEqualTo(read);
    }

    @Test
    void anEntryOfAWellKnownIdInheritsWhatItDoesNotSay() {
        folder.env("GROQ_API_KEY", "k");

        Provider groq = provider("groq", "providers: {groq: {endpoint: 'http://127.0.0.1:1/v1'}}");

        assertThat(groq.endpoint()).isEqualTo("http://127.0.0.1:1/v1");
        assertThat(groq.type()).isEqualTo("openai");
        assertThat(groq.name()).isEqualTo("Groq");
        assertThat(groq.wire().unsupportedParameters()).contains("logprobs", "logit_bias", "top_logprobs");
    }

    @Test
    void theEndpointOfATypeIsKnownWhateverTheId() {
        folder.env("MINE_API_KEY", "k");

        assertThat(provider("mine", "providers: {mine: {type: anthropic}}").endpoint())
                .isEqualTo("https://api.anthropic.com");
    }

    @Test
    void anEntrysHeaderReplacesThePresetsWhateverItsCase() {
        folder.env("OPENROUTER_API_KEY", "k");

        Provider p = provider(
                "openrouter", "providers: {openrouter: {headers: {x-title: Mine, HTTP-Referer: 'https://me'}}}");

        assertThat(p.headers()).hasSize(2);
        assertThat(p.headers().get("x-title").reveal()).isEqualTo("Mine");
    }

    @Test
    void azureNeedsItsPathHeaderAndQuery() {
        folder.env("AZURE_API_KEY", "k");

        Provider azure = provider("azure", """
                providers:
                  azure:
                    type: openai
                    endpoint: https://NAME.openai.azure.com/openai
                    chat_path: /deployments/{model}/chat/completions
                    auth_header: api-key
                    auth_scheme: ""
                    query: {api-version: 2024-10-21}
                    unsupported_parameters: [store]
                    renamed_parameters: {max_tokens: max_completion_tokens}
                    include_usage: false
                """);

        assertThat(azure.wire())
                .isEqualTo(new Provider.Wire(
                        "api-key",
                        "",
                        "/deployments/{model}/chat/completions",
                        Map.of("api-version", "2024-10-21"),
                        List.of("store"),
                        Map.of("max_tokens", "max_completion_tokens"),
                        false));
    }

    @ParameterizedTest
    @CsvSource({
        "openai, 'name: x', KEY",
        "openrouter, 'name: x', BREAKPOINTS",
        "openrouter, 'prompt_caching: none', NONE"
    })
    void aPromptCacheIsSteeredAsThePresetOrTheEntrySays(String id, String entry, Provider.Wire.CacheStyle expected) {
        Provider p = provider(id, "providers: {%s: {api_key: k, %s}}".formatted(id, entry));

        assertThat(p.wire().cacheStyle()).isEqualTo(expected);
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("api_key: '{{env:A}}'", List.of("a1")),
                Arguments.of("api_keys: ['{{env:A}}', '{{env:NONE:fallback}}']", List.of("a1", "fallback")),
                Arguments.of("api_keys: '{{env:LIST}}'", List.of("l1", "l2")),
                Arguments.of("api_key: '{{file:key.txt}}'", List.of("from-file")),
                Arguments.of("api_key: YOUR_API_KEY", List.of("e1", "e2")),
                Arguments.of("api_key: your-key-here", List.of("e1", "e2")),
                Arguments.of("api_key: Your Key", List.of("e1", "e2")),
                Arguments.of("api_key: <your-key>", List.of("e1", "e2")),
                Arguments.of("api_key: sk-your-key", List.of("e1", "e2")),
                Arguments.of("api_key: ''", List.of("e1", "e2")),
                Arguments.of("api_key: null", List.of("e1", "e2")),
                Arguments.of("name: x", List.of("e1", "e2")),
                Arguments.of("api_keys: [same, same]", List.of("same")));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keysComeFromTheEntryElseFromTheEnvironment(String entry, List<String> expected) {
        folder.env("A", "a1")
                .env("LIST", "l1, l2")
                .env("MY_GPU_2_API_KEYS", "e1, YOUR_KEY ,e2")
                .file("key.txt", " from-file\n");

        Provider p = provider(
                "my-gpu.2", "providers: {my-gpu.2: {type: openai, endpoint: 'http://x/v1', %s}}".formatted(entry));

        assertThat(p.keys()).extracting(Secret::reveal).isEqualTo(expected);
    }

    @Test
    void literalKeysAreWarnedAboutInOneLineWithoutTheirValue() {
        List<String> warnings = folder.file("providers.yaml", """
                providers:
                  a: {type: openai, endpoint: "http://x/v1", api_key: sk-literal-1}
                  b: {type: openai, endpoint: "http://x/v1", api_keys: [sk-literal-2, sk-literal-3]}
                """).load().warnings();

        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("providers.yaml: the keys of a, b stand in the file")
                .doesNotContain("sk-literal");
    }

    @Test
    void aProviderWithoutTheKeyItNeedsIsLeftOutWithAWarning() {
        Snapshot snapshot =
                folder.file("providers.yaml", "providers: {groq: {}}").load();

        assertThat(snapshot.providers()).containsOnlyKeys("local");
        assertThat(snapshot.warnings()).containsExactly("groq: no key; set GROQ_API_KEY or api_key");
    }

    @Test
    void aKeyInTheEnvironmentIsEnoughForAWellKnownProvider() {
        Snapshot snapshot = folder.env("GEMINI_API_KEY", "g")
                .env("DEEPSEEK_API_KEYS", "d1,d2")
                .env("OPENAI_API_KEY", "your-key")
                .env("OLLAMA_API_KEY", "x")
                .env("ANTHROPIC_API_KEY", "a")
                .file("providers.yaml", "providers: {mine: {type: local}}")
                .load();

        assertThat(snapshot.providers().keySet()).containsExactly("mine", "local", "anthropic", "google", "deepseek");
        assertThat(snapshot.providers().get("deepseek").keys()).hasSize(2);
        assertThat(snapshot.warnings()).isEmpty();
    }

    @Test
    void aWellKnownProviderCanBeSwitchedOffAlthoughItsKeyIsThere() {
        assertThat(folder.env("OPENAI_API_KEY", "k")
                        .file("providers.yaml", "providers: {openai: {enabled: false}}")
                        .load()
                        .providers())
                .doesNotContainKey("openai");
    }

    @Test
    void theBaseUrlVariableMovesAWellKnownProvider() {
        Snapshot snapshot = folder.env("OPENAI_API_KEY", "k")
                .env("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")
                .load();

        assertThat(snapshot.providers().get("openai").endpoint()).isEqualTo("http://127.0.0.1:9/v1");
    }

    @Test
    void aBrokenBaseUrlVariableIsAnError() {
        assertThat(folder.env("OPENAI_API_KEY", "k")
                        .env("OPENAI_BASE_URL", "localhost:9")
                        .errors())
                .singleElement()
                .asString()
                .startsWith("environment OPENAI_BASE_URL: expected an absolute URL");
    }

    @Test
    void aKeyWithALineBreakInsideIsRefused() {
        assertThat(folder.env("OPENAI_API_KEY", "k1\nX-Evil: 1").errors())
                .containsExactly(
                        "environment OPENAI_API_KEY: the key holds a space or another character that no header can carry");
    }

    @Test
    void flagsAndNumbersMayBeReferencesToo() {
        folder.env("ON", "false").env("SIZE", "4096");

        Provider a = provider(
                "a",
                "providers: {a: {type: openai, endpoint: 'http://x', api_key_required: '{{env:ON}}', "
                        + "models: [{name: m, context_size: '{{env:SIZE}}'}]}}");

        assertThat(a.keyRequired()).isFalse();
        assertThat(a.models().get(0).contextSize()).isEqualTo(4096);
    }
}
