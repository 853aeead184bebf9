package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code providers}. */
final class ProviderReader {
    static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final String ANTHROPIC_VERSION = "2023-06-01";
    /** From here on Anthropic's clients send the key as a bearer token. */
    private static final String ANTHROPIC_BEARER = "2026-10-21";

    /** Those that the HTTP client sets; a second one would break the request. */
    private static final Set<String> FRAMING =
            Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect");

    /** Their adapters know where to go; an endpoint may still be said. */
    private static final Set<String> ENDPOINT_OPTIONAL = Set.of("claude", "kiro", "kilo", "local");

    private final Presets presets;
    private final ProviderKeys keys;
    private final Map<String, List<Secret>> ofRotations;
    private final Map<String, String> environment;
    private final Map<String, Set<String>> declared = new LinkedHashMap<>();

    /** @param ofRotations the keys that rotations bring; they count where there is no other */
    ProviderReader(Presets presets, Map<String, String> environment, Map<String, List<Secret>> ofRotations) {
        this.ofRotations = ofRotations;
        this.presets = presets;
        this.keys = new ProviderKeys(environment);
        this.environment = environment;
    }

    /** Empty when it is switched off, has no key although it needs one, or is wrong (which is then reported). */
    Optional<Provider> read(String id, Section section) {
        Preset preset = presets.of(id);
        boolean enabled = section.flag("enabled", true);
        String ownId = section.text("id");
        if (ownId != null
                && !ownId.equals(section.path().substring(section.path().indexOf('.') + 1))) {
            section.problem("id", "must be the key of the entry, or be left out");
        }
        String name = section.text("name");
        String type = type(section, preset);
        String endpoint = type == null ? section.text("endpoint") : endpoint(id, type, section, preset);
        boolean needless = type != null && (type.equals("local") || type.equals("ollama"));
        boolean keyRequired = section.flag("api_key_required", !needless);
        List<String> variables = preset == null ? List.of(ProviderNames.variable(id)) : preset.variables();
        List<Secret> secrets = keys.read(id, section, variables);
        if (secrets.isEmpty()) {
            secrets =
                    ofRotations.getOrDefault(id, List.of()).stream().distinct().toList();
        }
        Map<String, Secret> headers = headers(section, preset);
        Timeouts timeouts = TimeoutsReader.read(section.section("timeouts"), Timeouts.DEFAULT);
        List<Provider.Model> models = DeclaredModels.read(section, timeouts);
        declared.put(id, models.stream().map(Provider.Model::name).collect(Collectors.toSet()));
        BigDecimal rateLimit = section.number("rate_limit", Shape.NUMBER);
        Limits defaults = LimitsReader.read(section, LimitsReader.DEFAULT, null);
        String apiVersion = apiVersion(section, type);
        Provider.Wire wire = wire(section, type, preset, apiVersion);
        Provider.PromptCaching caching = PromptCachingReader.read(section, type);
        List<String> filter = modelFilter(section);
        Permits permits = Permits.read(section);
        Boolean responseCache = section.flag("enable_response_cache");
        LaterKeys.read(section, LaterKeys.PROVIDER);
        section.finish();

        if (!enabled || type == null || endpoint == null) {
            return Optional.empty();
        }
        if (keyRequired && secrets.isEmpty()) {
            section.report()
                    .findings()
                    .warn(id + ": no key; set " + ProviderNames.variable(id) + "_API_KEY or api_key");
            return Optional.empty();
        }
        String shown = name != null ? name : preset != null ? preset.name() : id;
        return Optional.of(new Provider(
                id,
                shown,
                type,
                endpoint,
                keyRequired,
                secrets,
                headers,
                models,
                timeouts,
                rateLimit == null || rateLimit.signum() == 0
                        ? null
                        : Duration.ofNanos(rateLimit.movePointRight(9).longValue()),
                defaults,
                permits,
                wire,
                caching,
                apiVersion,
                filter,
                responseCache));
    }

    /** The declared models of every entry read so far, the unusable ones' too; an empty set takes any model. */
    Map<String, Set<String>> declared() {
        return Collections.unmodifiableMap(declared);
    }

    /** One pattern, several with commas between, or a list. */
    private static List<String> modelFilter(Section section) {
        Object written = section.plain("model_filter", Shape.NAMES);
        Stream<?> parts = written instanceof List<?> list ? list.stream() : Stream.ofNullable(written);
        return parts.flatMap(part -> Stream.of(String.valueOf(part).split(",")))
                .map(String::strip)
                .filter(p -> !p.isEmpty())
                .toList();
    }

    private static @Nullable String type(Section section, @Nullable Preset preset) {
        String type = section.text("type");
        if (type == null) {
            if (preset != null && !section.has("type")) {
                return preset.type();
            }
            if (!section.has("type")) {
                section.problem("`type` is missing; an OpenAI-compatible endpoint has `type: openai`");
            }
            return null;
        }
        if (!ProviderNames.TYPES.contains(type)) {
            String consequence = section.report().strict() ? "" : "; this provider is left out";
            section.problem(
                    "type",
                    "not one of " + String.join(", ", new TreeSet<>(ProviderNames.TYPES))
                            + Suggestion.of(type, ProviderNames.TYPES) + consequence);
            return null;
        }
        return type.equals("kilocode") ? "kilo" : type;
    }

    /** Null when it is wrong. What the entry says, else {@code <ID>_BASE_URL}, else where its own program runs, else what is known. */
    private @Nullable String endpoint(String id, String type, Section section, @Nullable Preset preset) {
        String written = section.text("endpoint");
        if (type.equals("local")) {
            return "";
        }
        if (written != null) {
            String fault = Endpoint.fault(written);
            if (fault != null) {
                section.problem("endpoint", fault);
                return null;
            }
            return Endpoint.normal(written, type);
        }
        if (section.has("endpoint")) {
            return null; // already reported
        }
        String variable = ProviderNames.variable(id) + "_BASE_URL";
        String fromEnvironment = environment.getOrDefault(variable, "").strip();
        if (!fromEnvironment.isEmpty()) {
            String fault = Endpoint.fault(fromEnvironment);
            if (fault != null) {
                section.report().findings().problem("environment", 0, variable, fault);
                return null;
            }
            return Endpoint.normal(fromEnvironment, type);
        }
        String ofHost = preset == null || preset.hostVariable() == null
                ? null
                : HostVariable.endpoint(environment.getOrDefault(preset.hostVariable(), ""));
        if (ofHost != null && Endpoint.fault(ofHost) == null) {
            return Endpoint.normal(ofHost, type);
        }
        String known = preset != null && preset.type().equals(type) ? preset.endpoint() : presets.endpointOfType(type);
        if (known.isEmpty() && !ENDPOINT_OPTIONAL.contains(type)) {
            section.problem("`endpoint` is missing");
            return null;
        }
        return known;
    }

    /** Names of headers have no case, so an entry's `x-title` replaces the preset's `X-Title`; an empty one takes it away. */
    private static Map<String, Secret> headers(Section section, @Nullable Preset preset) {
        Map<String, Secret> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (preset != null) {
            preset.headers().forEach((name, value) -> headers.put(name, new Secret(value)));
        }
        section.textMap("headers").forEach((name, value) -> {
            if (!HEADER.matcher(name).matches() || FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
                section.problem("headers", "`" + name + "` can't be set");
            } else if (!value.matches("[\\t -~]*")) {
                section.problem("headers", "the value of `" + name + "` holds a character that no header can carry");
            } else if (value.isEmpty()) {
                headers.remove(name);
            } else {
                headers.remove(name);
                headers.put(name, new Secret(value));
            }
        });
        return Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Null for the types whose requests name no version. */
    private static @Nullable String apiVersion(Section section, @Nullable String type) {
        String version = section.text("api_version");
        if (type == null || !type.equals("anthropic")) {
            if (type != null && version != null) {
                section.problem("api_version", "only the type anthropic takes this, and the type is " + type);
            }
            return null;
        }
        if (version != null && !DATE.matcher(version).matches()) {
            section.problem("api_version", "a date such as " + ANTHROPIC_VERSION);
        }
        return version == null ? ANTHROPIC_VERSION : version;
    }

    private static Provider.Wire wire(
            Section section, @Nullable String type, @Nullable Preset preset, @Nullable String apiVersion) {
        if (type == null || type.equals("openai") || type.equals("kilo")) {
            return WireReader.read(section, preset == null ? Provider.Wire.OPENAI : preset.wire());
        }
        WireReader.refuse(section, type);
        Provider.Wire usual = Provider.Wire.of(type);
        return apiVersion != null && apiVersion.compareTo(ANTHROPIC_BEARER) >= 0 ? usual.withBearer() : usual;
    }
}
