package io.serai.config;

import io.serai.config.Provider.Wire.CacheStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads how an OpenAI-compatible endpoint differs from OpenAI's own. */
final class WireReader {
    private static final Set<String> KEYS = Set.of(
            "auth_header",
            "auth_scheme",
            "chat_path",
            "query",
            "unsupported_parameters",
            "renamed_parameters",
            "include_usage",
            "prompt_caching");

    private WireReader() {}

    /** @param preset what holds where the entry says nothing */
    static Provider.Wire read(Section section, Provider.Wire preset) {
        String header = section.text("auth_header");
        if (header != null && !ProviderReader.HEADER.matcher(header).matches()) {
            section.problem("auth_header", "not the name of a header");
        }
        String scheme = section.text("auth_scheme");
        if (scheme != null && !scheme.matches("[!-~]*")) {
            section.problem("auth_scheme", "one word, or \"\" for the bare key");
        }
        String chatPath = section.text("chat_path");
        if (chatPath != null && !chatPath.matches("/[!->@-~]*")) {
            section.problem("chat_path", "must start with `/` and hold no `?` (put that under `query`) and no space");
        }
        Map<String, String> query = section.textMap("query");
        List<String> unsupported = section.texts("unsupported_parameters");
        Map<String, String> renamed = section.textMap("renamed_parameters");
        return new Provider.Wire(
                header == null ? preset.authHeader() : header,
                scheme == null ? preset.authScheme() : scheme,
                chatPath == null ? preset.chatPath() : chatPath,
                section.has("query") ? Map.copyOf(query) : preset.query(),
                section.has("unsupported_parameters") ? List.copyOf(unsupported) : preset.unsupportedParameters(),
                section.has("renamed_parameters") ? Map.copyOf(renamed) : preset.renamedParameters(),
                section.flag("include_usage", preset.includeUsage()),
                cacheStyle(section, preset));
    }

    private static CacheStyle cacheStyle(Section section, Provider.Wire preset) {
        String style = section.text("prompt_caching");
        if (style == null) {
            return preset.cacheStyle();
        }
        for (CacheStyle known : CacheStyle.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(style)) {
                return known;
            }
        }
        section.problem("prompt_caching", "expected none, key or breakpoints");
        return preset.cacheStyle();
    }

    /** For the kinds that speak another wire: there these keys would do nothing. */
    static void refuse(Section section, String type) {
        for (String key : KEYS) {
            if (section.has(key)) {
                section.problem(key, "only an OpenAI-compatible endpoint takes this, and the type is " + type);
            }
        }
    }
}
