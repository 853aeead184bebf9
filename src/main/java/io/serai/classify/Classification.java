package io.serai.classify;

import io.serai.call.Call;
import io.serai.call.Sensitivity;
import io.serai.config.Sensitive;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.routing.ModelPath;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Searches a call's words for what it is to be searched for, and has the call know the result. */
public final class Classification {
    /** In place of a category: it could not be searched. */
    static final String UNCHECKED = "unchecked";

    private static final Logger LOG = LoggerFactory.getLogger("serai.classify");

    private final Settings.Classify settings;
    private final Map<String, Set<Sensitive>> wanted;
    private final Detectors detectors;

    public Classification(Snapshot snapshot, Detectors detectors) {
        this(snapshot.settings().classify(), Wanted.of(snapshot), detectors);
    }

    /** @param wanted what is looked for on behalf of a rotation or an autoselect, by its model path */
    Classification(Settings.Classify settings, Map<String, Set<Sensitive>> wanted, Detectors detectors) {
        this.settings = settings;
        this.wanted = wanted;
        this.detectors = detectors;
    }

    /** What it is to be searched for and was not yet; parts are what their whole is. */
    Set<Sensitive> due(Call call) {
        Set<Sensitive> here = wanted.isEmpty() || !(call.getPath() instanceof ModelPath path)
                ? Set.of()
                : switch (path.kind()) {
                    case AUTOSELECT -> wanted.getOrDefault(Wanted.AUTOSELECT + path.name(), Set.of());
                    case ROTATION -> wanted.getOrDefault(Wanted.ROTATION + path.name(), Set.of());
                    case PROVIDER, CATALOGUE, AUTO -> Set.of();
                };
        if (settings.kinds().isEmpty() && here.isEmpty()) {
            return Set.of();
        }
        Set<Sensitive> due = EnumSet.noneOf(Sensitive.class);
        due.addAll(settings.kinds());
        due.addAll(here);
        due.removeAll(call.sensitivity().verdicts().keySet());
        return due;
    }

    Classifying begin(Call call) {
        return new Classifying(call, due(call), Window.of(call));
    }

    /** Whether a model is asked in place of the detectors. */
    boolean asksModel() {
        return !settings.model().isEmpty();
    }

    /** Does what the route would, as far as nobody has to be asked. */
    public void foresee(Call call) throws InterruptedException {
        Classifying search = begin(call);
        if (search.due.isEmpty() || asksModel()) {
            return;
        }
        searchPrivacy(search);
        searchNsfw(search);
        compareMeaning(search);
        settle(search);
    }

    void searchPrivacy(Classifying search) {
        search(search, Sensitive.PRIVACY, () -> detectors.findPrivate(words(search)));
    }

    /** By words alone. */
    void searchNsfw(Classifying search) {
        search(search, Sensitive.NSFW, () -> detectors.findSexual(words(search)));
    }

    /** Whether the words leave it open. */
    boolean isOpen(Classifying search) {
        Sensitivity.Verdict words = search.verdicts.get(Sensitive.NSFW);
        return words != null && SexualMeaning.isOpen(words.score());
    }

    void compareMeaning(Classifying search) throws InterruptedException {
        Sensitivity.Verdict byWords = search.verdicts.get(Sensitive.NSFW);
        if (byWords != null && isOpen(search)) {
            double score = detectors.hearMeaning(words(search), byWords.score());
            search.verdicts.put(Sensitive.NSFW, verdict(Sensitive.NSFW, score, byWords.categories()));
        }
    }

    private void search(Classifying search, Sensitive kind, java.util.function.Supplier<Detectors.Found> detect) {
        if (!search.due.contains(kind)) {
            return;
        }
        try {
            Detectors.Found found = search.isEmpty() ? Detectors.NOTHING : detect.get();
            search.verdicts.put(kind, verdict(kind, found.score(), found.categories()));
        } catch (RuntimeException | StackOverflowError e) { // whose message may hold a piece of the text
            LOG.warn(
                    "{} could not be searched ({}): {}",
                    search.call.id(),
                    kind.spelling(),
                    e.getClass().getName());
            failed(search, kind);
        }
    }

    private Words words(Classifying search) {
        Words known = search.words;
        if (known == null) {
            known = detectors.read(search.window.text());
            search.words = known;
        }
        return known;
    }

    private Sensitivity.Verdict verdict(Sensitive kind, double score, List<String> categories) {
        return new Sensitivity.Verdict(score >= settings.threshold(kind), score, categories);
    }

    /** It is taken for what the settings say, not for harmless. */
    void failed(Classifying search, Sensitive kind) {
        boolean hit = settings.whenFailing().contains(kind);
        search.verdicts.put(kind, new Sensitivity.Verdict(hit, hit ? 1 : 0, List.of(UNCHECKED)));
    }

    /** The call knows what it is from here on. */
    void settle(Classifying search) {
        for (Sensitive kind : search.due) {
            Sensitivity.Verdict verdict = search.verdicts.get(kind);
            if (verdict == null || !verdict.hit() && !search.window.readable()) {
                LOG.warn("{} has something that could not be searched ({})", search.call.id(), kind.spelling());
                failed(search, kind);
            }
        }
        Sensitivity result = search.call.sensitivity().and(search.verdicts);
        search.call.turnsOut(result);
        if (!result.found().isEmpty()) {
            LOG.info("{} is taken for sensitive: {}", search.call.id(), String.join(", ", result.reasons()));
        }
    }
}
