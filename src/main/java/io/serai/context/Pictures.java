package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Outline.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which pictures the end of a conversation needs: those of its last two turns, and older ones that the user speaks of there. Of
 * these the newest, unless the words are of several or of an early one.
 */
final class Pictures {
    /** Turns of the user that count as the last. */
    private static final int TURNS = 2;

    private static final Pattern SPOKEN_OF = Pattern.compile(
            "(?iu)\\b(image|picture|photo|screenshot|screen ?shot|diagram|drawing|figure|chart|graph|scan|bild|foto|zeichnung"
                    + "|abbildung|imagen?|foto|captura|dessin|capture|immagine|disegno)s?\\b|图|画像|写真|スクリーンショット");
    private static final Pattern SEVERAL = Pattern.compile(
            "(?iu)\\b(images|pictures|photos|screenshots|diagrams|drawings|figures|charts|graphs|scans|bilder|fotos|both|all|first"
                    + "|second|third|earlier|each|compare|beide|alle|erste[nrs]?|früher\\w*)\\b");

    private final List<ObjectNode> messages;

    Pictures(List<ObjectNode> messages) {
        this.messages = messages;
    }

    /** The places of the units with such pictures. */
    List<Integer> needed(List<Unit> units) {
        List<Integer> needed = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        int turns = 0;
        boolean within = false;
        int i = units.size() - 1;
        for (; i >= 0; i--) {
            Unit unit = units.get(i);
            if (unit.isUsers() && !within) {
                turns++;
            }
            within = unit.isUsers();
            if (turns > TURNS || turns == TURNS && !within && unit.kind() != Outline.Kind.SYSTEM) {
                break;
            }
            if (unit.isUsers()) {
                said.append(Outline.words(messages.get(unit.from()))).append('\n');
            }
            if (shows(unit)) {
                needed.add(i);
            }
        }
        if (SPOKEN_OF.matcher(said).find()) {
            boolean several = SEVERAL.matcher(said).find();
            for (boolean enough = !several && !needed.isEmpty(); i >= 0 && !enough; i--) {
                if (shows(units.get(i))) {
                    needed.add(i);
                    enough = !several;
                }
            }
        }
        return needed;
    }

    private boolean shows(Unit unit) {
        for (int i = unit.from(); i < unit.to(); i++) {
            JsonNode content = messages.get(i).path("content");
            if (content.isArray()) {
                for (JsonNode item : content) {
                    if (item.path("type").asText().equals("image_url")) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
