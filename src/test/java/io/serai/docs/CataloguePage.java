package io.serai.docs;

import io.serai.config.Catalogue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders {@code docs/reference/catalogue.md} from the shipped {@code models.yaml}, as the broker itself reads it. */
final class CataloguePage {
    private static final Map<String, String> UNITS = Map.of(
            "per_minute_cost", "a minute",
            "per_hour_cost", "an hour",
            "per_image_cost", "an image",
            "per_character_cost", "a character");

    private CataloguePage() {}

    static String render(Catalogue catalogue) {
        StringBuilder page = new StringBuilder(ReferenceTest.HEAD.formatted("config/models.yaml"));
        page.append("""
                # Catalogue

                The names that a client may ask for without saying where they run. Backends are tried in the order given here; those whose
                provider has no key on your broker are left out. [How to use and change it](../how-to/use-the-catalogue.md).

                A price is US dollars for a million tokens, input / output, unless it says otherwise; where each was read, and on which day,
                stands in `config/models.yaml`. Windows are tokens.

                """);
        List<Catalogue.Entry> chat = new ArrayList<>();
        List<Catalogue.Entry> audio = new ArrayList<>();
        catalogue.models().values().forEach(e -> (isAudio(e) ? audio : chat).add(e));
        page.append("## Chat: " + chat.size() + " names\n\n");
        page.append("| name | context | output | tier | quality | capabilities | backends and prices |\n");
        page.append("| --- | ---: | ---: | --- | ---: | --- | --- |\n");
        chat.forEach(e -> page.append("| `" + e.name() + "` | " + tokens(e.contextWindow()) + " | "
                + tokens(e.maxOutputTokens() == null ? 0 : e.maxOutputTokens()) + " | " + e.tier() + " | " + e.quality()
                + " | "
                + words(e.capabilities()) + " | " + backends(e) + " |\n"));
        page.append("\n## Audio: " + audio.size() + " names\n\n");
        page.append("How they are asked for: [Speech and transcription](../how-to/speech-and-transcription.md).\n\n");
        page.append("| name | capabilities | backends and prices |\n| --- | --- | --- |\n");
        audio.forEach(
                e -> page.append("| `" + e.name() + "` | " + words(e.capabilities()) + " | " + backends(e) + " |\n"));
        return page.toString();
    }

    private static boolean isAudio(Catalogue.Entry entry) {
        return entry.capabilities().contains("speech") || entry.capabilities().contains("transcription");
    }

    private static String tokens(int number) {
        return number == 0 ? "" : String.format(Locale.ROOT, "%,d", number);
    }

    private static String words(List<String> names) {
        return String.join(", ", names).replace('_', ' ');
    }

    private static String backends(Catalogue.Entry entry) {
        List<String> shown = new ArrayList<>();
        entry.backends().forEach(b -> shown.add("`" + b.provider() + "/" + b.model() + "` " + price(b)));
        return String.join("<br>", shown);
    }

    private static String price(Catalogue.Backend backend) {
        Map<String, BigDecimal> prices = backend.prices();
        if (!prices.isEmpty() && prices.values().stream().allMatch(p -> p.signum() == 0)) {
            return "free";
        }
        List<String> parts = new ArrayList<>();
        BigDecimal input = prices.get("input_cost");
        BigDecimal output = prices.get("output_cost");
        if (input != null || output != null) {
            parts.add((input == null ? "" : plain(input)) + " / " + (output == null ? "" : plain(output)));
        }
        UNITS.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(u -> {
            BigDecimal price = prices.get(u.getKey());
            if (price != null) {
                parts.add(plain(price) + " " + u.getValue());
            }
        });
        return parts.isEmpty() ? "no price" : String.join(", ", parts);
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
