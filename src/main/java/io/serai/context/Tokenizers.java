package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which model counts how. Where a vendor's tokenizer is not here, what it says that requests had corrects the count of later
 * ones: the median of the last reports, for every provider and model. Outlives a generation; any thread.
 */
public final class Tokenizers {
    private static final List<Profile> PROFILES = read();

    /** A model of which nothing is known. */
    static final Tokens USUAL = new Tokens(PROFILES.getLast(), 1);

    /** Of providers and models; the least recently used go first. */
    private static final int MOST_REPORTS = 2_000;

    private static final int MOST_NAMES = 2_000;

    private final Map<String, Profile> byName = new ConcurrentHashMap<>();
    private final Map<String, Reports> reports = new LinkedHashMap<>(16, 0.75f, true);

    private static List<Profile> read() {
        try (InputStream in = Tokenizers.class.getResourceAsStream("tokenizers.json")) {
            List<Profile> profiles = new ArrayList<>();
            for (JsonNode each : new ObjectMapper().readTree(in).path("profiles")) {
                profiles.add(Profile.of(each));
            }
            return List.copyOf(profiles);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads encodings in the background, so that the first request that has to be counted does not wait for them.
     *
     * @param models names or paths of those that requests may be for
     */
    public void prepare(Collection<String> models) {
        Set<Vocabulary> needed = vocabularies(models);
        Thread.ofPlatform().daemon().name("tokenizers").start(() -> needed.forEach(Vocabulary::read));
    }

    /** The usual one, and what else the models count by. */
    static Set<Vocabulary> vocabularies(Collection<String> models) {
        Set<Vocabulary> needed = EnumSet.of(USUAL.profile().vocabulary());
        models.forEach(model -> needed.add(find("", plain(model)).vocabulary()));
        return needed;
    }

    /** Where nobody has said yet which model it will be: OpenAI's current encoding, and a tenth more. */
    public static Tokens usual() {
        return USUAL;
    }

    /**
     * @param type of the provider: openai, anthropic, ...
     * @param model the provider's own name of it
     */
    public Tokens of(String type, String provider, String model) {
        Profile profile = profile(type, model);
        return new Tokens(profile, profile.exact() ? 1 : correction(provider, model));
    }

    /** By the model's name alone, as in a path of any kind; what usage reports say is left out. */
    public Tokens named(String model) {
        return new Tokens(profile("", model), 1);
    }

    private Profile profile(String type, String model) {
        String key = type + '\n' + model;
        Profile known = byName.get(key);
        if (known == null) {
            known = find(type, plain(model));
            if (byName.size() >= MOST_NAMES) {
                byName.clear(); // clients may ask for any name
            }
            byName.put(key, known);
        }
        return known;
    }

    private static Profile find(String type, String model) {
        Profile last = PROFILES.getLast();
        Profile named =
                PROFILES.stream().filter(p -> p.names(model)).findFirst().orElse(last);
        return named != last
                ? named
                : PROFILES.stream()
                        .filter(p -> p.types().contains(type))
                        .findFirst()
                        .orElse(last);
    }

    /** {@code openai/gpt-4o:free} is gpt-4o, and {@code ft:gpt-4o:acme::id} stays what it is. */
    private static String plain(String model) {
        String name = model.substring(model.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        int colon = name.indexOf(':');
        return colon > 0 && !name.startsWith("ft:") ? name.substring(0, colon) : name;
    }

    /**
     * A provider says how many tokens a request had.
     *
     * @param tokens what it was counted by
     */
    public void reported(Tokens tokens, String provider, String model, Length length, long said) {
        long counted = tokens.isExact() ? 0 : length.known(tokens.uncorrected());
        if (counted < Reports.SHORTEST) {
            return; // what stands around the text would weigh too much
        }
        synchronized (reports) {
            reports.computeIfAbsent(key(provider, model), k -> new Reports()).add((double) said / counted);
            while (reports.size() > MOST_REPORTS) {
                reports.remove(reports.keySet().iterator().next());
            }
        }
    }

    private double correction(String provider, String model) {
        synchronized (reports) {
            Reports known = reports.get(key(provider, model));
            return known == null ? 1 : known.correction;
        }
    }

    private static String key(String provider, String model) {
        return provider + '/' + model;
    }

    /** What one model's provider has said of late. */
    private static final class Reports {
        static final int SHORTEST = 200;
        private static final int KEPT = 15;
        /** What is further off was something else than a count of this request. */
        private static final double LEAST = 0.5;

        private static final double MOST = 2;

        private final double[] ratios = new double[KEPT];
        private int count;
        private double correction = 1;

        void add(double ratio) {
            if (ratio < LEAST || ratio > MOST) {
                return;
            }
            ratios[count % KEPT] = ratio;
            count++;
            double[] sorted = Arrays.copyOf(ratios, Math.min(count, KEPT));
            Arrays.sort(sorted);
            correction = count < 3 ? 1 : sorted[sorted.length / 2];
        }
    }
}
