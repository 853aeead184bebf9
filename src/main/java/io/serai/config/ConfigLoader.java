package io.serai.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads every file of a configuration once and checks it. It keeps nothing between two loads, so several threads may use one
 * loader.
 */
public final class ConfigLoader {
    /** Names that look right and would be passed over in silence. */
    private static final Map<String, String> MISNAMED = Map.of(
            "providers.yml", "providers.yaml",
            "models.yml", "models.yaml",
            "rotations.yml", "rotations.yaml",
            "autoselect.yml", "autoselect.yaml",
            "models.json", "models.yaml",
            "modelsconfig.yaml", "modelsconfig.yml",
            "application.yaml", SettingValues.FILE,
            "application.yml", SettingValues.FILE);

    private final ConfigFiles.Shipped shipped;

    public ConfigLoader() {
        this(ConfigFiles.Shipped.CLASS_PATH);
    }

    ConfigLoader(ConfigFiles.Shipped shipped) {
        this.shipped = shipped;
    }

    /** @throws ConfigException with every problem of every file, when there is one */
    public Snapshot load(ConfigSource source) throws ConfigException {
        Findings findings = new Findings();
        ConfigFiles files = new ConfigFiles(source.folder(), shipped, findings);
        References references = new References(source.folder(), source.environment());
        SettingValues values = new SettingValues(files, source, references, findings);
        Settings settings = new SettingsReader(values).read();
        RotationsReader rotations = new RotationsReader(files, references, findings);
        ProvidersReader.Result providers = new ProvidersReader(
                        files, references, source.environment(), rotations.keys(), source.answering(), findings)
                .read();
        Catalogue catalogue = new ModelsReader(files, references, findings).read(providers.declared());
        AutoselectsReader autoselects = new AutoselectsReader(
                files, references, findings, settings.classify().semantic());
        Set<String> selectors = autoselects.names();
        Map<String, Rotation> named = rotations.read(providers.declared(), catalogue, selectors);
        ModelNames names =
                new ModelNames(providers.providers(), providers.declared(), catalogue, named.keySet(), selectors);
        Map<String, Autoselect> selecting = autoselects.read(names, named);
        Map<String, Rotation> rotated = rotations.keeping(named, selecting.keySet());
        Condensers condensation = new CondensationReader(values, names, findings).read(providers.condensation());
        new ClassifyCheck(settings.classify(), providers.providers(), rotated, selecting)
                .report(names, values, findings);
        Prompts prompts = Prompts.read(files, findings);
        warnOfMisnamed(source.folder(), findings);
        List<ConfigProblem> problems = findings.problems();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Map<String, String> camel = Collections.unmodifiableMap(new LinkedHashMap<>(values.camel()));
        return new Snapshot(
                settings,
                providers.providers(),
                catalogue,
                rotated,
                findings.warnings(),
                camel,
                providers.awaited(),
                prompts,
                selecting,
                condensation);
    }

    private static void warnOfMisnamed(@Nullable Path folder, Findings findings) {
        if (folder != null) {
            MISNAMED.forEach((wrong, right) -> {
                if (Files.exists(folder.resolve(wrong))) {
                    findings.warn(wrong + ": not read; the file must be called " + right);
                }
            });
        }
    }
}
