package io.serai.quality;

import io.serai.classify.Detectors;
import io.serai.config.Sensitive;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * How often the detectors are right about 300 labelled prompts. One file of them was used for tuning; the other was not opened until
 * nothing was changed any more.
 */
public final class ClassifyQuality {
    /** The shipped thresholds. */
    private static final double THRESHOLD = 0.5;

    private static final int CHARACTERS = 4_000;
    private static final int ROUNDS = 2_000;
    private static final List<String> LABELS = List.of("nsfw", "privacy", "both", "safe");

    private final Detectors detectors;

    /** The two files. */
    public enum Half {
        TUNING,
        UNSEEN;

        private String file() {
            return "classify-" + name().toLowerCase(Locale.ROOT) + ".yaml";
        }
    }

    /** A prompt, and what it is. */
    record Prompt(String label, String text) {
        boolean is(Sensitive kind) {
            return label.equals("both") || label.equals(kind.spelling());
        }
    }

    /** What was found of one kind in one half. */
    record Rates(int right, int missed, int wrong) {
        double precision() {
            return right / (double) Math.max(1, right + wrong);
        }

        double recall() {
            return right / (double) Math.max(1, right + missed);
        }
    }

    private ClassifyQuality(Sentences sentences) {
        this.detectors = new Detectors(new Meanings(sentences));
    }

    /** Prints the tables; the figures of the time are of the machine that it runs on. */
    public static void print(PrintStream out) throws InterruptedException {
        try (Sentences sentences = new Sentences()) {
            new ClassifyQuality(sentences).tables(out);
        }
    }

    static ClassifyQuality with(Sentences sentences) {
        return new ClassifyQuality(sentences);
    }

    private void tables(PrintStream out) throws InterruptedException {
        out.println("| kind | half | precision | recall |");
        out.println("| --- | --- | --- | --- |");
        for (Sensitive kind : Sensitive.values()) {
            for (Half half : Half.values()) {
                row(out, kind.spelling(), half, rates(kind, half, true));
            }
        }
        for (Half half : Half.values()) {
            row(out, "nsfw, by words alone", half, rates(Sensitive.NSFW, half, false));
        }
        out.println();
        time(out);
    }

    private static void row(PrintStream out, String kind, Half half, Rates rates) {
        out.println(String.format(
                Locale.ROOT,
                "| %s | %s | %.2f (%d of %d) | %.2f (%d of %d) |",
                kind,
                half.name().toLowerCase(Locale.ROOT),
                rates.precision(),
                rates.right(),
                rates.right() + rates.wrong(),
                rates.recall(),
                rates.right(),
                rates.right() + rates.missed()));
    }

    Rates rates(Sensitive kind, Half half, boolean meaning) throws InterruptedException {
        int right = 0;
        int missed = 0;
        int wrong = 0;
        for (Prompt prompt : prompts(half)) {
            boolean hit = detectors.find(kind, prompt.text(), meaning).score() >= THRESHOLD;
            right += hit && prompt.is(kind) ? 1 : 0;
            missed += !hit && prompt.is(kind) ? 1 : 0;
            wrong += hit && !prompt.is(kind) ? 1 : 0;
        }
        return new Rates(right, missed, wrong);
    }

    /** Both kinds in a text of 4,000 characters, warm, by words: what every prompt takes. */
    private void time(PrintStream out) throws InterruptedException {
        String text = text();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] times = new double[ROUNDS];
        long processor = 0;
        for (int i = 0; i < 2 * ROUNDS; i++) {
            processor = i == ROUNDS ? threads.getCurrentThreadCpuTime() : processor;
            long started = System.nanoTime();
            search(text);
            if (i >= ROUNDS) {
                times[i - ROUNDS] = (System.nanoTime() - started) / 1e6;
            }
        }
        double each = (threads.getCurrentThreadCpuTime() - processor) / 1e6 / ROUNDS;
        Arrays.sort(times);
        out.println(String.format(
                Locale.ROOT,
                "%,d characters searched for both kinds by words, warm: %.2f ms of processor time; %.2f ms on the clock"
                        + " (median), %.2f ms (99 of 100).",
                text.length(),
                each,
                times[ROUNDS / 2],
                times[ROUNDS * 99 / 100]));
    }

    /** What every prompt is put through. */
    void search(String text) throws InterruptedException {
        for (Sensitive kind : Sensitive.values()) {
            detectors.find(kind, text, false);
        }
    }

    /** Prompts of every label, one after another. */
    static String text() {
        StringBuilder text = new StringBuilder();
        List<Prompt> prompts = prompts(Half.TUNING);
        for (int i = 0; text.length() < CHARACTERS; i++) {
            text.append(prompts.get(i * 7 % prompts.size()).text()).append('\n');
        }
        return text.substring(0, CHARACTERS);
    }

    static List<Prompt> prompts(Half half) {
        try (InputStream in = ClassifyQuality.class.getResourceAsStream(half.file())) {
            Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            List<Prompt> prompts = new ArrayList<>();
            for (String label : LABELS) {
                for (Object text : root.get(label) instanceof List<?> list ? list : List.of()) {
                    prompts.add(new Prompt(label, String.valueOf(text)));
                }
            }
            return prompts;
        } catch (IOException e) {
            throw new UncheckedIOException(half.file() + " can't be read", e);
        }
    }
}
