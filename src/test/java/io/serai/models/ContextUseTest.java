package io.serai.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextUseTest {
    @TempDir
    Path folder;

    private static ContextUse.Seen seen(long tokens, long second) {
        return new ContextUse.Seen(tokens, tokens, false, 1, Instant.ofEpochSecond(second));
    }

    @Test
    void thoseThatNobodyHasAskedTheLongestTimeAreForgotten() {
        ContextUse use = new ContextUse(null, new ObjectMapper());
        for (int i = 0; i < ContextUse.MOST; i++) {
            use.note("p", "m" + i, seen(1, i));
        }
        use.note("p", "m0", seen(2, 1_000_000));
        use.note("p", "new", seen(3, 1_000_001));
        assertThat(use.of("p"))
                .hasSize(ContextUse.MOST)
                .containsKeys("m0", "new")
                .doesNotContainKey("m1");
    }

    @Test
    void aFileThatCantBeReadIsAsGoodAsNone() throws Exception {
        Files.writeString(folder.resolve("context-use.json"), "{");
        ContextUse use = new ContextUse(folder, new ObjectMapper());
        use.note("p", "m", seen(5, 1));
        use.save();
        assertThat(new ContextUse(folder, new ObjectMapper()).of("p")).containsEntry("m", seen(5, 1));
    }
}
