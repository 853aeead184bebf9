package io.serai.config;

import java.util.Set;
import java.util.TreeSet;

/**
 * How one file's errors are taken. In a strict file each is a problem; in a predecessor's file it becomes a warning and the
 * caller goes on without the value.
 */
final class Report {
    private final String file;
    private final boolean strict;
    private final Findings findings;
    private final Set<String> ignoredKeys = new TreeSet<>();

    Report(String file, boolean strict, Findings findings) {
        this.file = file;
        this.strict = strict;
        this.findings = findings;
    }

    String file() {
        return file;
    }

    boolean strict() {
        return strict;
    }

    Findings findings() {
        return findings;
    }

    void problem(int line, String path, String message) {
        if (strict) {
            findings.problem(file, line, path, message);
        } else {
            findings.warn(new ConfigProblem(file, line, path, message).toString());
        }
    }

    /** An error that leaves nothing to go on with, in any file. */
    void broken(int line, String path, String message) {
        findings.problem(file, line, path, message);
    }

    void unknownKey(int line, String path, String key, Set<String> known) {
        if (strict) {
            findings.problem(file, line, path, "unknown key" + Suggestion.of(key, known));
        } else {
            ignoredKeys.add(key);
        }
    }

    /** Says once what was ignored; the end of the file. */
    void close() {
        if (!ignoredKeys.isEmpty()) {
            findings.warn(file + ": unknown keys ignored: " + String.join(", ", ignoredKeys));
        }
    }
}
