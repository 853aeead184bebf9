package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.broker.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Vert.x spools uploads into files; no door here takes one. */
final class UploadsLeaveNoFilesTest {
    @Test
    void anUploadIsRefusedAndLeavesNothing() throws Exception {
        Set<Path> before = files();
        String multipart = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"
                + "a".repeat(100_000) + "\r\n--x--\r\n";
        try (TestBroker broker = TestBroker.with().start()) {
            for (String path : new String[] {"/v1/chat/completions", "/v1/files", "/v1/models", "/health"}) {
                assertThat(broker.post(path, multipart, "content-type", "multipart/form-data; boundary=x")
                                .statusCode())
                        .isBetween(400, 405);
            }
            await().untilAsserted(() -> assertThat(files()).isEqualTo(before));
        }
    }

    private static Set<Path> files() throws IOException {
        try (Stream<Path> here = Files.list(Path.of(""));
                Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return Stream.concat(here, temporary)
                    .filter(p -> p.getFileName().toString().matches("(file-uploads|vertx).*"))
                    .collect(Collectors.toSet());
        }
    }
}
