package io.serai.classify;

import io.serai.config.Autoselect;
import io.serai.config.Rotation;
import io.serai.config.Sensitive;
import io.serai.config.Snapshot;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What autoselects have prompts searched for. A rotation with such an autoselect among its members has them searched too, before
 * any member is asked: what one of them may not see would else have gone to another.
 */
final class Wanted {
    static final String ROTATION = "rotation/";
    static final String AUTOSELECT = "autoselect/";

    private final Snapshot snapshot;

    private Wanted(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** By the model path of the autoselect or rotation; what wants nothing is not in it. */
    static Map<String, Set<Sensitive>> of(Snapshot snapshot) {
        Wanted wanted = new Wanted(snapshot);
        Map<String, Set<Sensitive>> all = new HashMap<>();
        snapshot.autoselects().forEach((name, autoselect) -> all.put(AUTOSELECT + name, autoselect.classifies()));
        snapshot.rotations().keySet().forEach(name -> {
            Set<Sensitive> found = EnumSet.noneOf(Sensitive.class);
            wanted.gather(ROTATION + name, new HashSet<>(), found);
            all.put(ROTATION + name, found);
        });
        all.values().removeIf(Set::isEmpty);
        return Map.copyOf(all);
    }

    private void gather(String path, Set<String> seen, Set<Sensitive> found) {
        if (!seen.add(path)) {
            return;
        }
        if (path.startsWith(ROTATION)
                && snapshot.rotations().get(path.substring(ROTATION.length())) instanceof Rotation rotation) {
            rotation.members().forEach(member -> gather(member.path(), seen, found));
        } else if (path.startsWith(AUTOSELECT)
                && snapshot.autoselects().get(path.substring(AUTOSELECT.length())) instanceof Autoselect autoselect) {
            found.addAll(autoselect.classifies());
            autoselect.choices().forEach(choice -> gather(choice.model().path(), seen, found));
            gather(autoselect.fallback().path(), seen, found);
        }
    }
}
