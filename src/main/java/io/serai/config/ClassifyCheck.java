package io.serai.config;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Checks what only all files together can say of the classification: that its model exists, and that anyone may be sent what it finds. */
final class ClassifyCheck {
    private static final String MODEL = "serai.classify.model";

    private final Settings.Classify settings;
    private final Map<String, Provider> providers;
    private final Map<String, Rotation> rotations;
    private final Map<String, Autoselect> autoselects;

    ClassifyCheck(
            Settings.Classify settings,
            Map<String, Provider> providers,
            Map<String, Rotation> rotations,
            Map<String, Autoselect> autoselects) {
        this.settings = settings;
        this.providers = providers;
        this.rotations = rotations;
        this.autoselects = autoselects;
    }

    void report(ModelNames names, SettingValues values, Findings findings) {
        Set<Sensitive> wanted = EnumSet.noneOf(Sensitive.class);
        wanted.addAll(settings.kinds());
        autoselects.values().forEach(autoselect -> wanted.addAll(autoselect.classifies()));
        if (!settings.model().isEmpty()) {
            if (!names.isPath(settings.model())) {
                values.problem(
                        values.of(MODEL),
                        "is no model path here: `provider/model`, `rotation/...` or a name of the catalogue");
            } else {
                refuseUnflagged(wanted, values);
            }
        }
        for (Sensitive kind : wanted) {
            if (granted().noneMatch(permits -> Boolean.TRUE.equals(permits.of(kind)))) {
                findings.warn("prompts are searched (" + kind.spelling() + "), and nothing has `" + kind.spelling()
                        + ": true`: whatever is found is answered 404");
            }
        }
    }

    /** A provider's model can be told now; what a rotation leads to is told by each question. */
    private void refuseUnflagged(Set<Sensitive> wanted, SettingValues values) {
        String path = settings.model();
        int slash = path.indexOf('/');
        Provider provider = slash < 0 ? null : providers.get(path.substring(0, slash));
        if (provider == null) {
            return;
        }
        Permits permits = provider.model(path.substring(slash + 1))
                .map(Provider.Model::permits)
                .orElse(Permits.NONE)
                .orElse(provider.permits());
        for (Sensitive kind : wanted) {
            if (!Boolean.TRUE.equals(permits.of(kind))) {
                values.problem(
                        values.of(MODEL),
                        "is to search every prompt, and the model has no `" + kind.spelling() + ": true` itself");
            }
        }
    }

    private Stream<Permits> granted() {
        Stream<Permits> ofProviders = providers.values().stream()
                .filter(p -> !p.type().equals("local")) // it is flagged as it ships, and no help to anybody
                .flatMap(p -> Stream.concat(
                        Stream.of(p.permits()), p.models().stream().map(Provider.Model::permits)));
        Stream<Permits> ofRotations = rotations.values().stream()
                .flatMap(r -> Stream.concat(
                        Stream.of(r.permits()), r.members().stream().map(Rotation.Member::permits)));
        Stream<Permits> ofAutoselects = autoselects.values().stream()
                .flatMap(a -> Stream.concat(
                        Stream.of(a.permits()), a.choices().stream().map(Autoselect.Choice::permits)));
        return Stream.of(ofProviders, ofRotations, ofAutoselects).flatMap(each -> each);
    }
}
