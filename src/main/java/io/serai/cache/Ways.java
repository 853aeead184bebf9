package io.serai.cache;

import io.serai.routing.Reach;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where model paths lead, as far as the cache has to know. One for each generation. */
final class Ways {
    private final Reach reach;
    private final Switches switches;
    private final Map<String, Way> known = new ConcurrentHashMap<>();

    Ways(Reach reach, Switches switches) {
        this.reach = reach;
        this.switches = switches;
    }

    /**
     * @param version of what was known of models
     * @param kept the models whose answers are kept
     * @param identity of all models that can answer, and of what they are asked with when a client does not say it
     */
    record Way(long version, List<Reach.Place> kept, String identity) {
        /** The place whose answer it is, null when its answers are not to be given any more. */
        Reach.@Nullable Place place(String provider, String model) {
            for (Reach.Place place : kept) {
                if (place.provider().id().equals(provider) && place.model().equals(model)) {
                    return place;
                }
            }
            return null;
        }
    }

    /** Names out of the configuration are looked up once; a provider's models are any text of a client's. */
    Way of(String path) {
        if (path.indexOf('/') > 0 && !path.startsWith("rotation/") && !path.startsWith("autoselect/")) {
            return look(path);
        }
        Way way = known.get(path);
        if (way == null || way.version() != reach.version()) {
            way = look(path);
            if (!way.identity().isEmpty()) {
                known.put(path, way);
            }
        }
        return way;
    }

    private Way look(String path) {
        long version = reach.version();
        List<Reach.Place> places = reach.of(path);
        List<Reach.Place> kept = places.stream().filter(switches::isOn).toList();
        if (places.size() == 1) { // as a model by its own name, which is looked up each time
            return new Way(version, kept, identity(places.get(0)));
        }
        String identity =
                places.stream().map(Ways::identity).distinct().sorted().collect(Collectors.joining("\n"));
        return new Way(version, kept, places.isEmpty() ? identity : sha256(identity));
    }

    private static String identity(Reach.Place place) {
        Object defaults = place.provider()
                .model(place.model())
                .map(m -> m.extra().get("default_parameters"))
                .orElse(null);
        return String.join(
                " ",
                place.provider().id(),
                place.provider().type(),
                place.provider().endpoint(),
                place.model(),
                String.valueOf(defaults));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
