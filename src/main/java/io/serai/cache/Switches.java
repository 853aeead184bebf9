package io.serai.cache;

import io.serai.config.Autoselect;
import io.serai.config.Provider;
import io.serai.config.Rotation;
import io.serai.config.Snapshot;
import io.serai.routing.Reach;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a model's answers are kept: of {@code enable_response_cache} of the model, its provider, the rotation and the
 * autoselect on the way, and the setting for all, the first that says anything counts.
 */
final class Switches {
    private static final String ROTATION = "rotation/";
    private static final String AUTOSELECT = "autoselect/";

    private final Snapshot snapshot;

    Switches(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Whether any answer is kept at all. */
    boolean any() {
        Stream<@Nullable Boolean> said = Stream.of(
                        Stream.of(snapshot.settings().responseCache().enabled()),
                        snapshot.providers().values().stream().map(Provider::responseCache),
                        snapshot.providers().values().stream()
                                .flatMap(p -> p.models().stream())
                                .map(Provider.Model::responseCache),
                        snapshot.rotations().values().stream().map(Rotation::responseCache),
                        snapshot.autoselects().values().stream().map(Autoselect::responseCache))
                .flatMap(s -> s);
        return said.anyMatch(Boolean.TRUE::equals);
    }

    boolean isOn(Reach.Place place) {
        Boolean ofModel = place.provider()
                .model(place.model())
                .map(Provider.Model::responseCache)
                .orElse(null);
        if (ofModel != null) {
            return ofModel;
        }
        Boolean ofProvider = place.provider().responseCache();
        if (ofProvider != null) {
            return ofProvider;
        }
        Boolean ofWay = said(place.through(), ROTATION);
        ofWay = ofWay == null ? said(place.through(), AUTOSELECT) : ofWay;
        return ofWay == null ? snapshot.settings().responseCache().enabled() : ofWay;
    }

    /** Of several of a kind on the way, the one that is nearest to the model. */
    private @Nullable Boolean said(List<String> way, String kind) {
        return way.reversed().stream()
                .filter(name -> name.startsWith(kind))
                .map(name -> of(kind, name.substring(kind.length())))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Boolean of(String kind, String name) {
        if (kind.equals(ROTATION)) {
            Rotation rotation = snapshot.rotations().get(name);
            return rotation == null ? null : rotation.responseCache();
        }
        Autoselect autoselect = snapshot.autoselects().get(name);
        return autoselect == null ? null : autoselect.responseCache();
    }
}
