package io.serai.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.ApiError;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Snapshot;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import io.serai.routing.Groups;
import io.serai.routing.Instances;
import io.serai.routing.LegacyPaths;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AISBF's lists as they are once there are rotations and autoselects. */
final class LegacyListsTest {
    private static final Instant LOADED = Instant.ofEpochSecond(7);
    private static final Groups GROUPS = new Groups(
            Map.of(
                    "coding",
                    new Groups.Rotation(
                            "Coding", List.of(new Groups.Member("acme", "m", new BigDecimal("2.5"), BigDecimal.ZERO)))),
            Map.of(
                    "auto",
                    new Groups.Autoselect(
                            "Auto",
                            "Chooses.",
                            "rotation/coding",
                            List.of(new Groups.Choice("rotation/coding", "For code.")))));

    private LegacyLists lists;

    @BeforeEach
    void read(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k, models: [{name: m}]}}");
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        Instances instances = new Instances(snapshot, Set.of("openai"));
        ObjectMapper json = new ObjectMapper();
        lists = new LegacyLists(
                json,
                GROUPS,
                instances,
                new ListModels(
                        json, snapshot, instances, new ModelTable(snapshot, new ModelLists(Clock.systemUTC())), LOADED),
                new LegacyPaths(GROUPS, instances),
                LOADED);
    }

    @Test
    void rotationsAreGivenById() {
        assertThat(lists.rotations().toString())
                .isEqualTo(
                        "{\"coding\":{\"model_name\":\"Coding\",\"models\":[{\"name\":\"m\",\"provider_id\":\"acme\","
                                + "\"weight\":2.5,\"rate_limit\":0}]}}");
    }

    @Test
    void aRotationsMembersAreModels() {
        String member = "{\"id\":\"coding/m\",\"name\":\"coding\",\"object\":\"model\",\"created\":7,"
                + "\"owned_by\":\"acme\",\"rotation_id\":\"coding\",\"actual_model\":\"m\",\"provider_id\":\"acme\","
                + "\"weight\":2.5,\"rate_limit\":0}";
        assertThat(lists.rotationModels().toString()).isEqualTo("{\"data\":[" + member + "]}");
        assertThat(lists.ofId("coding").toString()).isEqualTo("[" + member + "]");
    }

    @Test
    void autoselectsAreGivenById() {
        assertThat(lists.autoselects().toString())
                .isEqualTo("{\"auto\":{\"model_name\":\"Auto\",\"description\":\"Chooses.\","
                        + "\"fallback\":\"rotation/coding\",\"available_models\":[{\"model_id\":\"rotation/coding\","
                        + "\"description\":\"For code.\"}]}}");
    }

    @Test
    void whatAnAutoselectChoosesFromAreModels() {
        String choice = "{\"id\":\"rotation/coding\",\"name\":\"auto\",\"object\":\"model\",\"created\":7,"
                + "\"owned_by\":\"autoselect\",\"autoselect_id\":\"auto\",\"description\":\"For code.\","
                + "\"fallback\":\"rotation/coding\"}";
        assertThat(lists.autoselectModels().toString()).isEqualTo("{\"data\":[" + choice + "]}");
        assertThat(lists.ofId("auto").toString()).isEqualTo("[" + choice + "]");
    }

    @Test
    void aProvidersModelsAreThoseOfTheWholeList() {
        assertThat(lists.ofId("acme").findValuesAsText("id")).containsExactly("acme/m");
    }

    @Test
    void anUnknownNameIsAnsweredWithAllThereAre() {
        assertThatThrownBy(() -> lists.ofId("nobody"))
                .isInstanceOf(ApiError.class)
                .hasMessageContaining("Providers: acme. Rotations: coding. Autoselects: auto.");
    }
}
