package io.serai.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds autoselects that lead back to themselves, by their models, their fallback, or the model that they ask; over rotations too,
 * by their members or their judge.
 */
final class Loops {
    private final Map<String, Rotation> rotations;
    private final Map<String, Autoselect> autoselects;

    Loops(Map<String, Rotation> rotations, Map<String, Autoselect> autoselects) {
        this.rotations = rotations;
        this.autoselects = autoselects;
    }

    /** Reports each and takes it out. */
    void refuse(Map<String, Section> entries) {
        for (String name : List.copyOf(autoselects.keySet())) {
            String path = MembersReader.AUTOSELECT + name;
            List<String> way = loop(path, path, new LinkedHashSet<>());
            Section section = entries.get(name);
            if (way != null && section != null) {
                section.problem("leads back to itself: " + String.join(" -> ", way)
                        + (section.report().strict() ? "" : "; this autoselect is left out"));
                autoselects.remove(name);
            }
        }
    }

    private @Nullable List<String> loop(String from, String at, Set<String> way) {
        if (!way.add(at)) {
            return null;
        }
        for (String to : leadsTo(at)) {
            if (to.equals(from)) {
                List<String> whole = new ArrayList<>(way);
                whole.add(from);
                return whole;
            }
            List<String> found = loop(from, to, way);
            if (found != null) {
                return found;
            }
        }
        way.remove(at);
        return null;
    }

    private List<String> leadsTo(String path) {
        List<String> all = new ArrayList<>();
        if (path.startsWith(MembersReader.ROTATION)) {
            Rotation rotation = rotations.get(path.substring(MembersReader.ROTATION.length()));
            if (rotation != null) {
                rotation.members().forEach(member -> all.add(member.path()));
                if (rotation.judge() != null) {
                    all.add(rotation.judge());
                }
            }
        } else if (path.startsWith(MembersReader.AUTOSELECT)) {
            Autoselect autoselect = autoselects.get(path.substring(MembersReader.AUTOSELECT.length()));
            if (autoselect != null) {
                autoselect.choices().forEach(choice -> all.add(choice.model().path()));
                all.add(autoselect.fallback().path());
                if (autoselect.selectionModel() != null) {
                    all.add(autoselect.selectionModel());
                }
            }
        }
        return all;
    }
}
