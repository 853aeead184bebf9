package io.serai.condense.text;

import java.util.regex.Pattern;

/** Code without its bodies. */
public final class Folding {
    private static final Pattern SIGNATURE = Pattern.compile(
            "^\\s*(@\\w|#include|import |from \\S+ import|package |use |using |export |(public|private|protected|static|final|abstract|async"
                    + "|sealed|override|internal|virtual|pub|inline|extern)\\b|class |interface |enum |record |struct |trait |impl |type "
                    + "|def |fn |func |function |module |namespace |const |CREATE |ALTER |create table).*|^[\\w<>\\[\\], *&:~]+\\([^;]*\\)\\s*"
                    + "(throws [\\w., ]+)?\\{?\\s*$|^[\\w.\\-]+:\\s*$|^\\[[\\w.\\-]+]\\s*$");
    private static final Pattern FOLDED =
            Pattern.compile("(?m)^[ \\t]*\\.\\.\\.[ \\t]*\\n(?:[ \\t]*\\.\\.\\.[ \\t]*(?:\\n|$))++");

    private Folding() {}

    /** Signatures, imports and heads stay; for each run of other lines there is an ellipsis. */
    public static String signatures(String code) {
        StringBuilder folded = new StringBuilder();
        boolean inBody = false;
        for (String line : code.split("(?<=\\n)")) {
            if (isSignature(line)) {
                folded.append(line);
                inBody = false;
            } else if (!inBody && !line.isBlank()) {
                folded.append(indent(line)).append("...\n");
                inBody = true;
            }
        }
        String text = FOLDED.matcher(folded).replaceAll("...\n");
        return text.length() < code.length() ? text : code;
    }

    public static boolean isSignature(String line) {
        return SIGNATURE.matcher(line.stripTrailing()).find();
    }

    private static String indent(String line) {
        return line.substring(0, line.length() - line.stripLeading().length());
    }
}
