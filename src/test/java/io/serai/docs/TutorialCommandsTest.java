package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The brokers that a tutorial starts side by side run from one checkout, whose ledger only one of them can keep. */
final class TutorialCommandsTest {
    private static final Pattern COMMAND = Pattern.compile("(?m)^.*\\./serai run\\b.*$");

    @ParameterizedTest
    @ValueSource(strings = {"docs/tutorial.md", "docs/tutorial-failover.md"})
    void oneOfTheBrokersKeepsTheLedger(String page) throws Exception {
        List<String> commands = COMMAND.matcher(Files.readString(Path.of(page)))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();

        assertThat(commands).hasSizeGreaterThan(1);
        assertThat(commands)
                .filteredOn(command -> !command.startsWith("SERAI_LEDGER_ENABLED=false "))
                .hasSize(1);
    }
}
