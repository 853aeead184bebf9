package io.serai.quality;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.autoselect.SelectionTrial;
import io.serai.config.Autoselect;
import io.serai.config.Permits;
import io.serai.config.Prompts;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How often a model picks the right one of eight models when it is asked as an autoselect asks it, on the bundled prompts. */
public final class SelectionQuality {
    /** The ids say nothing, so that only the descriptions can. */
    private static final String ID = "candidate-";

    private static final Autoselect.Name FALLBACK = new Autoselect.Name("none-of-them", "none-of-them");

    private final ObjectMapper json = new ObjectMapper();
    private final AutoselectQuality set = new AutoselectQuality();
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI door;
    private final String model;
    private final Duration patience;
    private final SelectionTrial trial;
    private final List<Double> millis = new ArrayList<>();

    private enum Answer {
        RIGHT,
        WRONG,
        NONE,
        LATE,
        FAILED
    }

    /**
     * @param broker its address, {@code http://host:port}
     * @param model a model path
     * @param patience what is later counts as no answer, as in an autoselect
     */
    public SelectionQuality(URI broker, String model, Duration patience, Prompts prompts) {
        this.door = broker.resolve("/v1/chat/completions");
        this.model = model;
        this.patience = patience;
        List<String> descriptions = set.descriptions();
        this.trial = new SelectionTrial(
                json,
                prompts,
                IntStream.range(0, descriptions.size())
                        .mapToObj(i -> new Autoselect.Choice(
                                new Autoselect.Name(ID + (i + 1), ID + (i + 1)),
                                descriptions.get(i),
                                0,
                                null,
                                Permits.NONE))
                        .toList(),
                FALLBACK);
    }

    /** Asks about every prompt, one after another, and prints the table. False when the model never answered. */
    public boolean print(PrintStream out) throws InterruptedException {
        List<Answer> all = new ArrayList<>();
        out.println("| kind | right |");
        out.println("| --- | --- |");
        int kind = 0;
        for (Map.Entry<String, List<String>> of : set.prompts().entrySet()) {
            List<Answer> answers = new ArrayList<>();
            for (String prompt : of.getValue()) {
                answers.add(ask(prompt, kind));
            }
            out.println("| " + of.getKey() + " | " + rate(answers) + " |");
            all.addAll(answers);
            kind++;
        }
        out.println("| **all** | **" + rate(all) + "** |");
        out.println();
        List<Answer> strangers = new ArrayList<>();
        for (String other : set.others()) {
            strangers.add(ask(other, null));
        }
        all.addAll(strangers);
        out.println("Of " + strangers.size() + " prompts that fit nothing " + count(strangers, Answer.RIGHT)
                + " went to the fallback because the model said so.");
        out.println("Of " + all.size() + " answers " + count(all, Answer.NONE) + " named none of the models, "
                + count(all, Answer.LATE) + " were later than " + patience.toMillis() + " ms, "
                + count(all, Answer.FAILED) + " failed.");
        if (!millis.isEmpty()) {
            millis.sort(Double::compare);
            out.println(String.format(
                    Locale.ROOT,
                    "An answer took %.0f ms (median), %.0f ms (95 of 100).",
                    millis.get(millis.size() / 2),
                    millis.get(millis.size() * 95 / 100)));
        }
        return !millis.isEmpty();
    }

    /** @param kind the place of the right one; null: it is the fallback */
    private Answer ask(String prompt, @Nullable Integer kind) throws InterruptedException {
        long started = System.nanoTime();
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(door)
                            .timeout(patience)
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    trial.question(model, prompt).toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200 || !(json.readTree(response.body()) instanceof ObjectNode reply)) {
                return Answer.FAILED;
            }
            millis.add((System.nanoTime() - started) / 1e6);
            Integer named = trial.named(reply);
            if (named == null) {
                return kind == null ? Answer.RIGHT : Answer.NONE; // an autoselect would go to the fallback
            }
            return named.equals(kind) ? Answer.RIGHT : Answer.WRONG;
        } catch (HttpTimeoutException e) {
            return Answer.LATE;
        } catch (IOException e) {
            return Answer.FAILED;
        }
    }

    private static String rate(List<Answer> answers) {
        long right = count(answers, Answer.RIGHT);
        return String.format(Locale.ROOT, "%.2f (%d of %d)", right / (double) answers.size(), right, answers.size());
    }

    private static long count(List<Answer> answers, Answer which) {
        return answers.stream().filter(answer -> answer == which).count();
    }
}
