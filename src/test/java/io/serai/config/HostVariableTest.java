package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of Ollama's own test, {@code envconfig/config_test.go}, as far as they can be asked. */
class HostVariableTest {
    @ParameterizedTest
    @CsvSource({
        "'',",
        "1.2.3.4, http://1.2.3.4:11434",
        ":1234, http://127.0.0.1:1234",
        "1.2.3.4:1234, http://1.2.3.4:1234",
        "example.com, http://example.com:11434",
        "example.com:1234, http://example.com:1234",
        "http://1.2.3.4, http://1.2.3.4:80",
        "https://1.2.3.4, https://1.2.3.4:443",
        "https://example.com:1234/ollama, https://example.com:1234/ollama",
        "[::1], http://[::1]:11434",
        "[::]:1337, http://[::1]:1337",
        "0.0.0.0, http://127.0.0.1:11434",
        "' 127.0.0.1 ', http://127.0.0.1:11434",
        "http://[nowhere,",
        "a b,",
    })
    void anAddressIsReadAsOllamaReadsIt(String value, String endpoint) {
        assertThat(HostVariable.endpoint(value)).isEqualTo(endpoint);
    }
}
