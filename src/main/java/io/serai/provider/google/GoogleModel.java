package io.serai.provider.google;

import io.serai.provider.UpstreamUrl;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a model says of it. Google's names are made by a rule, {@code gemini-<version>-<variation>}
 * (https://ai.google.dev/gemini-api/docs/models#model-versions), and the version decides which of the two ways of steering
 * its thinking a model has.
 *
 * @param path as it stands in addresses: {@code models/gemini-2.5-pro}
 * @param major of the version; 0 for a name that is not made by the rule
 * @param variation {@code pro}, {@code flash}, {@code flash-lite}; empty for a name that is not made by the rule
 */
record GoogleModel(String path, int major, int minor, String variation) {
    private static final Pattern VERSIONED = Pattern.compile("gemini-(\\d+)(?:\\.(\\d+))?-(flash-lite|[a-z]+)(?:-.*)?");
    /** Stands for the newest release, which is of generation 3 or later. */
    private static final Pattern LATEST = Pattern.compile("gemini-(flash-lite|flash|pro)-latest");

    /** How a model's thinking is steered (https://ai.google.dev/gemini-api/docs/thinking). */
    enum Thinking {
        /** By {@code thinkingLevel}: generation 3 and later. */
        LEVEL,
        /** By {@code thinkingBudget}, in tokens: 2.5. */
        BUDGET,
        /** Not at all, or nobody said. */
        NONE
    }

    /** @param name with or without {@code models/}; a tuned model's begins with {@code tunedModels/} */
    static GoogleModel of(String name) {
        String bare = name.startsWith("models/") ? name.substring("models/".length()) : name;
        String path = bare.startsWith("tunedModels/")
                ? "tunedModels/" + UpstreamUrl.encode(bare.substring("tunedModels/".length()))
                : "models/" + UpstreamUrl.encode(bare);
        Matcher versioned = VERSIONED.matcher(bare);
        if (versioned.matches()) {
            int minor = versioned.group(2) == null ? 0 : number(versioned.group(2));
            return new GoogleModel(path, number(versioned.group(1)), minor, versioned.group(3));
        }
        Matcher latest = LATEST.matcher(bare);
        return latest.matches() ? new GoogleModel(path, 3, 0, latest.group(1)) : new GoogleModel(path, 0, 0, "");
    }

    private static int number(String digits) {
        return digits.length() > 4 ? 0 : Integer.parseInt(digits);
    }

    Thinking thinking() {
        return major >= 3 ? Thinking.LEVEL : atLeast(2, 5) ? Thinking.BUDGET : Thinking.NONE;
    }

    /** Whether the version is known and not below that one. */
    boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
    }

    boolean isPro() {
        return variation.equals("pro");
    }

    /** Function calls of these are refused when their thought signature is missing. */
    boolean wantsSignatures() {
        return major >= 3;
    }
}
