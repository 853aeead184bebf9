package io.serai.condense.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much a passage says that stays true: decisions, demands, names, figures, places in code. By its form alone. */
public final class Facts {
    private static final Pattern DECIDED = Pattern.compile(
            "(?i)\\b(decid\\w+|agree[ds]?|must(n't)?|never|always|require[ds]?|requirement|constraint|deadline|prefer\\w*|instead"
                    + "|approved?|confirm\\w*|assigned|root cause|turned out|because|conclu\\w+|final\\w*|promis\\w+|guarantee\\w*"
                    + "|chose|chosen|settled|fixed|set to|is called|named|note that|important|remember|keep in mind|only if|unless"
                    + "|do not|don't|won't|cannot|can't|not allowed|blocked|owner|responsible|expires?|until|by the end)\\b");
    private static final Pattern FIGURE = Pattern.compile("\\p{N}++(?:[.,:\\-/]\\p{N}++)*+");
    private static final Pattern NAME = Pattern.compile("(?<=[\\p{Ll},;:(] )\\p{Lu}[\\p{L}\\p{N}]+");
    /** Each begins where a word begins, or is not looked for any further than one is long, so that no text is read twice. */
    private static final Pattern SYMBOL = Pattern.compile(
            "`[^`\\n]++`|(?<![\\p{L}\\p{N}_])(?:[\\p{L}\\p{N}_]++(?:/[\\p{L}\\p{N}_.\\-]++)++|\\p{L}++_[\\p{L}\\p{N}_]++"
                    + "|\\p{Ll}++\\p{Lu}\\p{L}++(?![\\p{N}_])|[\\p{Lu}\\p{N}]{1,60}-[\\p{Lu}\\p{N}-]{1,60}\\b)"
                    + "|\\S{1,60}@\\S++|--\\p{L}[\\p{L}-]++");

    private static final Pattern COURTESY = Pattern.compile(
            "(?i)^\\W*+(thanks?( you)?( so much| a lot)?|thank you for|sure|certainly|of course|absolutely|great( question)?|happy to help"
                    + "|no problem|you're welcome|let me know|feel free|i hope|hope (this|that)|sounds good|perfect|awesome|got it"
                    + "|i understand|i'm sorry|apologies|please (let|don't hesitate)|have a (nice|great|good)|hi|hello|good"
                    + " (morning|afternoon|evening)|ok(ay)?)\\b[^\\p{N}`/_]{0,90}$");

    private Facts() {}

    /** 0 for none to 1. */
    public static double weight(String text) {
        double weight = DECIDED.matcher(text).find() ? 0.4 : 0;
        weight += 0.1 * Math.min(2, count(FIGURE.matcher(text)));
        weight += 0.1 * Math.min(2, count(NAME.matcher(text)));
        weight += 0.1 * Math.min(2, count(SYMBOL.matcher(text)));
        return isCourtesy(text) ? 0 : weight;
    }

    /** A phrase of politeness with nothing in it. */
    public static boolean isCourtesy(String text) {
        return COURTESY.matcher(text.strip()).find();
    }

    private static int count(Matcher matcher) {
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }
}
