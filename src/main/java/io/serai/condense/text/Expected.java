package io.serai.condense.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What an answer to a question looks like: a number to "how many", a date to "when". */
final class Expected {
    /**
     * @param question words that ask for it
     * @param answer what it looks like
     */
    private record Form(Pattern question, Pattern answer) {}

    private static final List<Form> FORMS = List.of(
            form(
                    "wie ?viele?|quant[oiae]|combien|cuánt[oa]s?|how (many|much|long|often|old|far|big|large)|number|count|amount|price|cost|fee|budget|limit|size|percent\\w*|rate"
                            + "|threshold|timeout|port|version|quota|total|score|duration|interval|ttl|capacity|id|code|reference"
                            + "|ticket|order|invoice|account|serial|phone|address|ip|sku|tracking|case",
                    "\\p{N}"),
            form(
                    "when|wann|quando|quand|cuándo|date|day|time|deadline|month|year|until|since|hour|window|schedule\\w*",
                    "\\p{N}{1,4}[-:./]\\p{N}{1,2}|\\p{N}(am|pm|:\\p{N})|(?i)\\b(mon|tues|wednes|thurs|fri|satur|sun)day"
                            + "|\\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\b|\\p{N} ?(th|st|nd|rd)\\b"),
            form(
                    "who|whose|whom|wer|wem|wen|chi|qui|quién|quem|nome|nom|name|named|called|person|owner|contact|manager|engineer|colleague|customer|vendor|company|team",
                    "(?<=[\\p{Ll},;:(] )\\p{Lu}\\p{Ll}+|`|\"|^\\p{Lu}\\p{Ll}+ \\p{Lu}\\p{Ll}+"),
            form("e-?mail", "@"),
            form(
                    "where|wo|dove|où|path|file|folder|directory|url|link|endpoint|host|hostname|server|bucket|address|location|branch|region"
                            + "|repo\\w*|topic|queue|table|column|field|function|method|class|variable|module|package|library|flag"
                            + "|option|setting|command|key|header|parameter|env\\w*|exception|error",
                    "[\\p{L}\\p{N}]/[\\p{L}\\p{N}]|\\p{L}[_.]\\p{L}|--\\p{L}|`|\\p{Ll}\\p{Lu}|\\p{Lu}_\\p{Lu}|\\p{L}-\\p{L}+-"),
            form("why|warum|perché|pourquoi|reason|cause", "(?i)because|since|due to|caus|turned out|root"));

    private static Form form(String question, String answer) {
        return new Form(Pattern.compile("(?iu)\\b(" + question + ")s?\\b"), Pattern.compile(answer));
    }

    private final List<Pattern> answers = new ArrayList<>();

    Expected(String question) {
        for (Form form : FORMS) {
            if (form.question().matcher(question).find()) {
                answers.add(form.answer());
            }
        }
    }

    /** The share of what is asked for that the text has, 0 to 1. */
    double in(String text) {
        if (answers.isEmpty()) {
            return 0;
        }
        long found = answers.stream().filter(a -> a.matcher(text).find()).count();
        return found / (double) answers.size();
    }
}
