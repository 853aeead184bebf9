package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {
    private static final String FILE = "prompts/split_merge.md";
    private static final Map<String, String> VALUES = Map.of("question", "Who {{answers}}?", "answers", "$1 and \\2");

    @TempDir
    Path folder;

    @BeforeEach
    void folderOfPrompts() throws IOException {
        Files.createDirectories(folder.resolve("prompts"));
    }

    @Test
    void theShippedTextIsFilledAndItsCommentLeftOut() {
        String text = new TestFolder(folder).load().prompts().fill("split_merge.md", VALUES);

        assertThat(text).contains("Who {{answers}}?", "$1 and \\2").doesNotContain("<!--", "Places:");
    }

    @Test
    void theOperatorsFileWins() {
        TestFolder own = new TestFolder(folder).file(FILE, "<!-- mine -->\nQ: {{question}} A: {{ answers }}\n");

        assertThat(own.load().prompts().fill("split_merge.md", VALUES)).isEqualTo("Q: Who {{answers}}? A: $1 and \\2");
    }

    @Test
    void placesThatAreMissingOrUnknownAreErrors() {
        TestFolder own = new TestFolder(folder).file(FILE, "Answer {{qestion}}: {{answers}}");

        assertThat(own.errors())
                .hasSize(2)
                .allMatch(e -> e.startsWith(FILE))
                .anyMatch(e -> e.contains("has no {{question}}"))
                .anyMatch(e -> e.contains("has {{qestion}}"));
    }
}
