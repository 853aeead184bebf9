package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoSecretIsShownTest {
    private static final String SECRET = "sk-hunter2";

    @TempDir
    Path path;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: {type: local, api_key: [[sk-hunter2]]}",
                "a: {type: local, api_key: {x: sk-hunter2}}",
                "a: {type: local, api_key: \"sk-hunter2 x\"}",
                "a: {type: local, api_key: *sk-hunter2}",
                "a: {type: local, api_key: &sk-hunter2 &sk-hunter2 x}",
                "a: {type: local, api_key: !sk-hunter2 x}",
                "a: {type: local, api_key: 'sk-hunter2}",
                "a: {type: local, api_key: sk-hunter2: x}",
                "a: {type: local, api_key: sk-hunter2\u0000}",
                "a: {type: local, api_key: @sk-hunter2}",
                "a: {type: local, headers: {X: \"sk-hunter2\\n\"}}",
                "a: {type: local, headers: {Host: sk-hunter2}}",
                "a: {type: local, rate_limit: sk-hunter2}",
                "a: {type: local, timeouts: {connect: sk-hunter2}}",
                "a: {type: openai, endpoint: 'https://sk-hunter2@x'}",
                "a: {type: openai, endpoint: '{{env:S}}'}",
                "a: {type: '{{env:S}}'}",
                "a: {type: local, models: '{{env:S}}'}",
                "a: {type: local, api_key: '{{env:S}} {{env:NOWHERE}}'}",
            })
    void noErrorQuotesASecretThatStandsInTheWrongPlace(String entry) {
        ConfigException failure = new TestFolder(path)
                .env("S", SECRET)
                .file("providers.yaml", "providers: {" + entry + "}")
                .failure();

        assertThat(failure.getMessage()).isNotBlank().doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serai.auth.keys=sha256:sk-hunter2",
                "serai.port=sk-hunter2",
                "serai.admin.token=\\\\u12sk-hunter2",
                "serai.params={{env:S}}",
                "serai.host={{env:S}}",
                "serai.redis.url=redis://:sk-hunter2@[host",
                "serai.redis.url=http://:sk-hunter2@host",
            })
    void noErrorQuotesASetting(String line) {
        TestFolder folder =
                new TestFolder(path).env("S", SECRET).file("application.properties", line.replace("\\\\", "\\"));

        assertThat(folder.failure().getMessage()).isNotBlank().doesNotContain(SECRET);
    }

    @Test
    void aSnapshotAndItsWarningsMayBeLogged() {
        Snapshot snapshot = new TestFolder(path)
                .env("OPENAI_API_KEY", SECRET)
                .env("ADMIN_TOKEN", SECRET)
                .env("SERAI_AUTH_KEYS", SECRET)
                .file("providers.yaml", """
                        providers:
                          a: {type: openai, endpoint: "http://x", api_key: sk-hunter2, headers: {X: sk-hunter2}}
                          b: {type: openai, endpoint: "http://x", api_keys: [sk-hunter2, "{{env:OPENAI_API_KEY}}"]}
                        """)
                .load();

        assertThat(snapshot.toString()).contains("openai").doesNotContain(SECRET);
    }
}
