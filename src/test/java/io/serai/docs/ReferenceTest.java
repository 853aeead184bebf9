package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The pages that are made from shipped files say what those files say. {@code ./serai test -Dtest=ReferenceTest
 * -Dserai.docs.write=true} writes them anew.
 */
class ReferenceTest {
    static final String HEAD = """
            <!-- Made from %s by ReferenceTest; after a change there: ./serai test -Dtest=ReferenceTest -Dserai.docs.write=true -->
            """;

    private static final Path REFERENCE = Path.of("docs/reference");

    @Test
    void theSettingsPageSaysWhatTheShippedFileSays() throws IOException {
        upToDate("settings.md", SettingsPage.render(Files.readString(Path.of("config/application.properties"))));
    }

    @Test
    void theCataloguePageSaysWhatTheShippedFileSays() throws Exception {
        ConfigSource shipped = new ConfigSource(Path.of("config"), Map.of(), Map.of());
        upToDate(
                "catalogue.md",
                CataloguePage.render(new ConfigLoader().load(shipped).catalogue()));
    }

    @Test
    void theRoutesPageSaysWhatTheRoutesSay() throws IOException {
        upToDate("routes.md", RoutesPage.render(Path.of("routes")));
    }

    private static void upToDate(String page, String rendered) throws IOException {
        Path file = REFERENCE.resolve(page);
        if (Boolean.getBoolean("serai.docs.write")) {
            Files.createDirectories(REFERENCE);
            Files.writeString(file, rendered);
        }
        assertThat(file)
                .as("Write it anew with ./serai test -Dtest=ReferenceTest -Dserai.docs.write=true")
                .exists()
                .hasContent(rendered);
    }
}
