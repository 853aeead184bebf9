package io.serai.config;

/**
 * One thing that is wrong with a file.
 *
 * @param file its name as the operator knows it
 * @param line 1-based; 0 when the problem has no line
 * @param path of the key, such as {@code providers.groq.models[0].name}; empty for the whole file
 * @param message what is wrong and what to do
 */
public record ConfigProblem(String file, int line, String path, String message) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + (path.isEmpty() ? "" : " " + path) + ": " + message;
    }
}
