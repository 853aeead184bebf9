package io.serai.routing;

import io.serai.config.Catalogue;
import io.serai.config.Rotation;
import io.serai.config.Snapshot;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The rotations of one generation: which candidates each brings, and in which order a call tries them. The turns that shares
 * go by outlive the generation.
 */
public final class Rotations {
    private final Map<String, Rotation> rotations;
    private final Map<String, List<Group>> groups = new LinkedHashMap<>();
    private final Function<String, Shares> shares;
    private final Candidates candidates;

    /**
     * What one member brings.
     *
     * @param within the rotation that the member names, empty when it names something else
     * @param candidates that it brings itself; none for a rotation
     */
    private record Group(String name, BigDecimal weight, String within, List<Candidate> candidates) {}

    /** @param shares the turns of a rotation, by its name */
    public Rotations(Snapshot snapshot, Candidates candidates, Function<String, Shares> shares) {
        this.rotations = snapshot.rotations();
        this.candidates = candidates;
        this.shares = shares;
        rotations
                .values()
                .forEach(rotation -> groups.put(
                        rotation.name(),
                        rotation.members().stream()
                                .map(m -> group(rotation, m, snapshot))
                                .toList()));
    }

    private Group group(Rotation rotation, Rotation.Member member, Snapshot snapshot) {
        ModelPath path = ModelPath.parse(member.path());
        if (path.kind() == ModelPath.Kind.ROTATION) {
            return new Group(member.path(), member.weight(), path.name(), List.of());
        }
        List<Candidate> brought = new ArrayList<>();
        if (path.kind() == ModelPath.Kind.PROVIDER) {
            candidates
                    .of(path.name(), path.model(), member.limits(), rotation.defaults())
                    .ifPresent(brought::add);
        } else {
            Catalogue.Entry entry = snapshot.catalogue().models().get(path.name());
            if (entry != null) {
                brought.addAll(candidates.of(entry));
            }
        }
        return new Group(member.path(), member.weight(), "", List.copyOf(brought));
    }

    /** The names, in the order of the file. */
    public Map<String, Rotation> all() {
        return rotations;
    }

    /** Whether a call could be sent anywhere by it; else none of its members has a provider here. */
    public boolean servable(String rotation) {
        return groups.getOrDefault(rotation, List.of()).stream()
                .anyMatch(g -> g.within().isEmpty() ? !g.candidates().isEmpty() : servable(g.within()));
    }

    /**
     * The candidates in the order in which the next call should try them.
     *
     * @param taken whether this is that call; else nobody's turn passes
     */
    public List<Candidate> order(String rotation, boolean taken) {
        List<Candidate> order = new ArrayList<>();
        add(rotation, taken, order);
        return order;
    }

    private void add(String rotation, boolean taken, List<Candidate> order) {
        List<Group> present = groups.getOrDefault(rotation, List.of()).stream()
                .filter(g -> g.within().isEmpty() ? candidates.anyAvailable(g.candidates()) : anyAvailable(g.within()))
                .toList();
        List<Group> away = new ArrayList<>(groups.getOrDefault(rotation, List.of()));
        away.removeAll(present);
        boolean first = true;
        for (Group group : inOrder(rotation, present, taken)) {
            // only the member in front has its turn, so what it stands for takes one of its own only there
            add(group, taken && first, order);
            first = false;
        }
        away.forEach(group -> add(group, false, order)); // the walk says why each of them is passed over
    }

    private void add(Group group, boolean taken, List<Candidate> order) {
        if (group.within().isEmpty()) {
            order.addAll(group.candidates().stream().map(candidates::inTurn).toList());
        } else {
            add(group.within(), taken, order);
        }
    }

    private boolean anyAvailable(String rotation) {
        return groups.getOrDefault(rotation, List.of()).stream()
                .anyMatch(
                        g -> g.within().isEmpty() ? candidates.anyAvailable(g.candidates()) : anyAvailable(g.within()));
    }

    private List<Group> inOrder(String name, List<Group> present, boolean taken) {
        Rotation rotation = rotations.get(name);
        if (rotation == null || present.isEmpty()) {
            return present;
        }
        return switch (rotation.strategy()) {
            case PRIORITY -> byWeight(name, present, taken);
            default -> shares.apply(name).turn(present, Group::name, Group::weight, taken);
        };
    }

    /** The heaviest first; those of one weight take turns. */
    private List<Group> byWeight(String name, List<Group> present, boolean taken) {
        List<Group> order = new ArrayList<>(shares.apply(name).turn(present, Group::name, g -> BigDecimal.ONE, taken));
        order.sort(Comparator.comparing(Group::weight).reversed());
        return order;
    }
}
