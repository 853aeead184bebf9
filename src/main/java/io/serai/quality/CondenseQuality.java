package io.serai.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.condense.CondenseException;
import io.serai.condense.Condenser;
import io.serai.condense.Methods;
import io.serai.condense.text.Measure;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of what was said once in a long conversation is still there when it is condensed. Each planted fact is asked for by
 * the last turn of the user; it is kept when its answer stands in what is left, outside the question.
 */
public final class CondenseQuality {
    private static final List<String> KINDS = List.of("support", "code", "logs", "agents");
    private static final int MOST_OF_A_KIND = 99;

    private final ObjectMapper json = new ObjectMapper();
    private final Measure measure = Measure.of(Tokenizers.usual());

    /** A conversation of a set. */
    record Sample(String id, String kind, ArrayNode messages, JsonNode facts) {}

    /** What a method has made of one conversation and question. */
    record Result(Sample sample, JsonNode fact, boolean kept, long before, long after, double ms) {}

    /** @param set a or b. Empty when there is no such set */
    List<Sample> samples(String set) {
        List<Sample> samples = new ArrayList<>();
        for (String kind : KINDS) {
            for (int i = 1; i <= MOST_OF_A_KIND; i++) {
                JsonNode read = read(String.format(Locale.ROOT, "condense/%s/%s-%02d.json", set, kind, i));
                if (read != null) {
                    samples.add(new Sample(
                            read.path("id").asText(), kind, (ArrayNode) read.path("messages"), read.path("facts")));
                }
            }
        }
        return samples;
    }

    private @Nullable JsonNode read(String file) {
        try (InputStream in = CondenseQuality.class.getResourceAsStream(file)) {
            return in == null ? null : json.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read", e);
        }
    }

    /**
     * Prints a table for a set: a row a method.
     *
     * @param ratio by which the conversations are to become shorter
     */
    public void print(PrintStream out, String set, double ratio) throws CondenseException, InterruptedException {
        List<Sample> samples = samples(set);
        int facts = samples.stream().mapToInt(s -> s.facts().size()).sum();
        out.println("Set " + set + ": " + samples.size() + " conversations, " + facts + " facts, to 1/"
                + (ratio == Math.rint(ratio) ? "" + (long) ratio : "" + ratio) + " of their tokens");
        out.println();
        out.println("| method | compression | kept | " + String.join(" | ", KINDS) + " | ms |");
        out.println("| --- | --- | --- |" + " --- |".repeat(KINDS.size() + 1));
        try (Sentences sentences = new Sentences()) {
            Map<String, Condenser> methods = new LinkedHashMap<>(Methods.withoutModel(new Meanings(sentences)));
            for (Map.Entry<String, Condenser> method : methods.entrySet()) {
                out.println(row(method.getKey(), results(method.getValue(), samples, ratio)));
            }
        }
    }

    List<Result> results(Condenser method, List<Sample> samples, double ratio)
            throws CondenseException, InterruptedException {
        List<Result> results = new ArrayList<>();
        for (Sample sample : samples) {
            for (JsonNode fact : sample.facts()) {
                results.add(result(method, sample, fact, ratio));
            }
        }
        return results;
    }

    private Result result(Condenser method, Sample sample, JsonNode fact, double ratio)
            throws CondenseException, InterruptedException {
        List<ObjectNode> messages = new ArrayList<>();
        sample.messages().forEach(message -> messages.add((ObjectNode) message));
        messages.add(json.createObjectNode()
                .put("role", "user")
                .put("content", fact.path("question").asText()));
        long before = measure.ofMessages(messages);
        long started = System.nanoTime();
        List<ObjectNode> made =
                method.condense(Outline.of(messages), new Condenser.Aim((long) (before / ratio), measure));
        double ms = (System.nanoTime() - started) / 1e6;
        return new Result(sample, fact, keeps(made, fact), before, measure.ofMessages(made), ms);
    }

    private static boolean keeps(List<ObjectNode> made, JsonNode fact) {
        StringBuilder text = new StringBuilder();
        for (ObjectNode message : made.subList(0, made.size() - 1)) {
            text.append(Outline.words(message)).append('\n');
            for (JsonNode call : message.path("tool_calls")) {
                text.append(call.path("function").path("name").asText()).append(' ');
                text.append(call.path("function").path("arguments").asText()).append('\n');
            }
        }
        String left = text.toString().toLowerCase(Locale.ROOT);
        for (JsonNode answer : fact.path("answer")) {
            if (!left.contains(answer.asText().toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }

    /** The share of facts that are kept. */
    static double recall(List<Result> results) {
        return results.stream().filter(Result::kept).count() / (double) Math.max(1, results.size());
    }

    private static String row(String method, List<Result> results) {
        long before = results.stream().mapToLong(Result::before).sum();
        long after = results.stream().mapToLong(Result::after).sum();
        double ms = results.stream().mapToDouble(Result::ms).average().orElse(0);
        StringBuilder row = new StringBuilder(String.format(
                Locale.ROOT, "| %s | %.2f | **%.2f** |", method, before / (double) after, recall(results)));
        for (String kind : KINDS) {
            List<Result> some =
                    results.stream().filter(r -> r.sample().kind().equals(kind)).toList();
            row.append(String.format(Locale.ROOT, " %.2f |", recall(some)));
        }
        return row.append(String.format(Locale.ROOT, " %.0f |", ms)).toString();
    }
}
