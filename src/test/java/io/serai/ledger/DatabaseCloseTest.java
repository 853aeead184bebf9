package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseCloseTest {
    private static final Database.Use USE = new Database.Use(
            "database-close-test", "serai_cache_schema", List.of("classpath:sql/cache/migrations"), false);

    /** Else it would still write into a folder that whoever closed it may delete. */
    @Test
    void nobodyOpensItAnyMore(@TempDir Path home) {
        Settings.Database file = new Settings.Database("", "", null, "data/cache.db", 1, Duration.ofSeconds(5));
        Database database = new Database(file, home, USE, Duration.ofSeconds(5), open -> {});

        database.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain(USE.name());
    }
}
