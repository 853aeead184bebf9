package io.serai.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code models.yaml}, or AI Broker's {@code modelsconfig.yml}: the operator's entries replace shipped ones of the same
 * name and come after the others.
 */
final class ModelsReader {
    private static final String STRICT = "models.yaml";
    private static final String LENIENT = "modelsconfig.yml";
    private static final int VERSION_DIGITS = 12;

    private final ConfigFiles files;
    private final References references;
    private final Findings findings;

    ModelsReader(ConfigFiles files, References references, Findings findings) {
        this.files = files;
        this.references = references;
        this.findings = findings;
    }

    /** @param providers the models that each known provider declares; an empty set takes any */
    Catalogue read(Map<String, Set<String>> providers) {
        if (files.has(STRICT) && files.has(LENIENT)) {
            findings.problem(LENIENT, 0, "", STRICT + " is there too; keep one of them");
        }
        Map<String, Catalogue.Entry> models = new LinkedHashMap<>();
        MessageDigest digest = sha256();
        // what the shipped file names may be absent here: routing leaves such a backend out
        files.shipped(STRICT).ifPresent(text -> add(models, text, true, Optional.empty(), digest));
        files.operators(STRICT).ifPresent(text -> add(models, text, true, Optional.of(providers), digest));
        files.operators(LENIENT).ifPresent(text -> add(models, text, false, Optional.of(providers), digest));
        String version = HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_DIGITS);
        return new Catalogue(Collections.unmodifiableMap(models), version);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JVM has it
        }
    }

    private void add(
            Map<String, Catalogue.Entry> models,
            ConfigFiles.Text text,
            boolean strict,
            Optional<Map<String, Set<String>>> providers,
            MessageDigest digest) {
        digest.update(text.text().getBytes(StandardCharsets.UTF_8));
        Report report = new Report(text.name(), strict, findings);
        Section root = new Section(new Values(report, references), "", 1, new TreeReader(report).read(text.text()));
        String mode = root.text("catalogue");
        if (mode != null && mode.equals("replace")) {
            models.clear();
        } else if (mode != null && !mode.equals("extend")) {
            root.problem("catalogue", "expected replace or extend");
        }
        BackendReader backends = new BackendReader(providers);
        ModelReader reader = new ModelReader(backends);
        root.sections("models")
                .forEach((name, section) -> reader.read(name, section).ifPresent(e -> models.put(name, e)));
        root.finish();
        report.close();
    }
}
