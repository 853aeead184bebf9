package io.serai.quality;

import io.serai.autoselect.ByMeaning;
import io.serai.autoselect.Ranking;
import io.serai.autoselect.Tasks;
import io.serai.embedding.Meanings;
import io.serai.embedding.NoEmbeddingsException;
import io.serai.embedding.Sentences;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * How often an autoselect picks the right one of eight models by their one-line descriptions. Half of the 200 prompts were used
 * for tuning; the other half was not.
 */
public final class AutoselectQuality {
    private static final String FILE = "autoselect.yaml";
    private static final double[] CONFIDENCES = {0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4};
    private static final int ROUNDS = 200;
    private static final int CANDIDATES = 50;

    private final Map<String, List<String>> prompts = new LinkedHashMap<>();
    private final List<String> descriptions = new ArrayList<>();
    private final List<String> others;

    /** One prompt's result; {@code right} is false for one that fits nothing. */
    private record Result(String kind, boolean tuning, boolean right, double confidence) {}

    public AutoselectQuality() {
        Map<?, ?> root = read();
        map(root.get("kinds")).forEach((kind, value) -> {
            Map<?, ?> of = map(value);
            descriptions.add(String.valueOf(of.get("description")));
            prompts.put(String.valueOf(kind), texts(of.get("prompts")));
        });
        others = texts(root.get("others"));
    }

    /** Each kind's prompts. */
    Map<String, List<String>> prompts() {
        return Collections.unmodifiableMap(prompts);
    }

    /** One a kind, in the same order. */
    List<String> descriptions() {
        return Collections.unmodifiableList(descriptions);
    }

    /** Prompts that none of the descriptions fits. */
    List<String> others() {
        return others;
    }

    /** Prints the tables; the figures of the time are of the machine that it runs on. */
    public void print(PrintStream out) throws NoEmbeddingsException, InterruptedException {
        try (Sentences sentences = new Sentences()) {
            Meanings meanings = new Meanings(sentences);
            ByMeaning meaning = new ByMeaning(meanings, new Tasks(meanings));
            List<Result> results = results(meaning);
            out.println("| kind | tuning | unseen |");
            out.println("| --- | --- | --- |");
            prompts.keySet()
                    .forEach(kind -> out.println("| " + kind + " | " + rate(results, kind, true) + " | "
                            + rate(results, kind, false) + " |"));
            out.println("| **all** | **" + rate(results, "", true) + "** | **" + rate(results, "", false) + "** |");
            out.println();
            List<Double> strangers = new ArrayList<>();
            for (String other : others) {
                strangers.add(rank(meaning, other).confidence());
            }
            confidences(out, results, strangers);
            out.println();
            time(out, meaning);
        }
    }

    /** The share of right picks. */
    double accuracy(ByMeaning meaning, boolean tuning) throws NoEmbeddingsException, InterruptedException {
        List<Result> some =
                results(meaning).stream().filter(r -> r.tuning() == tuning).toList();
        return some.stream().filter(Result::right).count() / (double) some.size();
    }

    private List<Result> results(ByMeaning meaning) throws NoEmbeddingsException, InterruptedException {
        List<Result> results = new ArrayList<>();
        int kind = 0;
        for (Map.Entry<String, List<String>> of : prompts.entrySet()) {
            for (int i = 0; i < of.getValue().size(); i++) {
                Ranking ranking = rank(meaning, of.getValue().get(i));
                results.add(new Result(of.getKey(), i % 2 == 0, ranking.best() == kind, ranking.confidence()));
            }
            kind++;
        }
        return results;
    }

    private Ranking rank(ByMeaning meaning, String prompt) throws NoEmbeddingsException, InterruptedException {
        return meaning.rank(prompt, descriptions, Collections.nCopies(descriptions.size(), 0));
    }

    private static String rate(List<Result> results, String kind, boolean tuning) {
        List<Result> some = results.stream()
                .filter(r -> r.tuning() == tuning && (kind.isEmpty() || r.kind().equals(kind)))
                .toList();
        long right = some.stream().filter(Result::right).count();
        return String.format(Locale.ROOT, "%.2f (%d of %d)", right / (double) some.size(), right, some.size());
    }

    private static void confidences(PrintStream out, List<Result> results, List<Double> strangers) {
        out.println("| confidence | picked | of these right | picked for what fits nothing |");
        out.println("| --- | --- | --- | --- |");
        List<Result> unseen = results.stream().filter(r -> !r.tuning()).toList();
        for (double confidence : CONFIDENCES) {
            List<Result> picked =
                    unseen.stream().filter(r -> r.confidence() >= confidence).toList();
            out.println(String.format(
                    Locale.ROOT,
                    "| %.2f | %.2f | %.2f | %d of %d |",
                    confidence,
                    picked.size() / (double) unseen.size(),
                    picked.stream().filter(Result::right).count() / Math.max(1.0, picked.size()),
                    strangers.stream().filter(c -> c >= confidence).count(),
                    strangers.size()));
        }
    }

    /** One new prompt among fifty descriptions, warm. */
    private void time(PrintStream out, ByMeaning meaning) throws NoEmbeddingsException, InterruptedException {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
            many.add(descriptions.get(i % descriptions.size()) + " Number " + i + ".");
        }
        List<Integer> priorities = Collections.nCopies(many.size(), 0);
        List<Double> times = new ArrayList<>();
        long processor = 0;
        for (int i = 0; i < 2 * ROUNDS; i++) {
            processor = i == ROUNDS ? processorNanos() : processor;
            long started = System.nanoTime();
            meaning.rank("Write a function that sorts these " + i + " records by date", many, priorities);
            if (i >= ROUNDS) {
                times.add((System.nanoTime() - started) / 1e6);
            }
        }
        double each = (processorNanos() - processor) / 1e6 / ROUNDS;
        Collections.sort(times);
        out.println(String.format(
                Locale.ROOT,
                "One new prompt among %d descriptions, warm: %.1f ms of processor time; %.1f ms on the clock (median),"
                        + " %.1f ms (95 of 100).",
                CANDIDATES,
                each,
                times.get(times.size() / 2),
                times.get(times.size() * 95 / 100)));
    }

    /** Of the whole process: on a busy machine the clock says little. */
    private static long processorNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : System.nanoTime();
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<String> texts(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Map<?, ?> read() {
        try (InputStream in = AutoselectQuality.class.getResourceAsStream(FILE)) {
            return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }
}
