package io.serai.routing;

import io.serai.config.Snapshot;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configured rotations and autoselects, by id, in the order of their files: all that doors and error texts need of them.
 */
public record Groups(Map<String, Rotation> rotations, Map<String, Autoselect> autoselects) {
    /** Stands for every model of a provider's own list. */
    private static final String ALL = "*";

    /** What the files define. */
    public static Groups of(Snapshot snapshot) {
        Map<String, Rotation> rotations = new LinkedHashMap<>();
        snapshot.rotations()
                .forEach((id, rotation) -> rotations.put(
                        id,
                        new Rotation(
                                rotation.modelName(),
                                rotation.members().stream().map(Groups::member).toList())));
        Map<String, Autoselect> autoselects = new LinkedHashMap<>();
        snapshot.autoselects()
                .forEach((id, autoselect) -> autoselects.put(
                        id,
                        new Autoselect(
                                autoselect.modelName(),
                                autoselect.description(),
                                autoselect.fallback().written(),
                                autoselect.choices().stream()
                                        .map(choice -> new Choice(choice.model().written(), choice.description()))
                                        .toList())));
        return new Groups(rotations, autoselects);
    }

    private static Member member(io.serai.config.Rotation.Member member) {
        ModelPath path = ModelPath.parse(member.path());
        Duration pace = member.limits().rateLimit();
        BigDecimal seconds = pace == null ? BigDecimal.ZERO : BigDecimal.valueOf(pace.toMillis(), 3);
        return path.kind() == ModelPath.Kind.PROVIDER
                ? new Member(path.name(), path.model().isEmpty() ? ALL : path.model(), member.share(), seconds)
                : new Member("", member.path(), member.share(), seconds);
    }

    /** @param name for people; the id where the file gives none */
    public record Rotation(String name, List<Member> members) {}

    /**
     * One model that a rotation may use.
     *
     * @param provider empty where the member is another name, which is the model then
     * @param model {@code *} for every model of the provider's own list
     * @param rateLimit seconds between two requests, 0 for none
     */
    public record Member(String provider, String model, BigDecimal weight, BigDecimal rateLimit) {}

    /**
     * @param name for people; the id where the file gives none
     * @param fallback the model path that is used when nothing could be selected
     */
    public record Autoselect(String name, String description, String fallback, List<Choice> available) {}

    /** @param model a model path; {@code description} is what the selection reads of it */
    public record Choice(String model, String description) {}

    /**
     * The model path of a body's {@code model} that names an autoselect or a rotation, with or without its prefix; null when
     * it names neither. A prefix decides by itself: what it names may turn out not to exist.
     */
    public @Nullable String named(String model) {
        if (model.startsWith("autoselect/") || model.startsWith("rotation/")) {
            return model;
        }
        return ofId(model);
    }

    /** The model path of an id: an autoselect's, else a rotation's, else null. */
    public @Nullable String ofId(String id) {
        if (autoselects.containsKey(id)) {
            return "autoselect/" + id;
        }
        return rotations.containsKey(id) ? "rotation/" + id : null;
    }
}
