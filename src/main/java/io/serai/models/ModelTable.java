package io.serai.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Prices;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Secret;
import io.serai.config.Snapshot;
import io.serai.models.list.OpenAiListing;
import java.math.BigDecimal;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of models, merged field by field: the operator's word first, then a limit that the provider named, then the
 * provider's list, then the catalogue. One for each generation, above the {@link ModelLists} that outlive it.
 */
public final class ModelTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /** Models of one provider whose facts are kept at hand; more than that no client asks for but to fill the memory. */
    private static final int MOST_MERGED = 2_000;

    private static final int LONGEST_NAME = 256;

    private final ModelLists lists;
    private final Map<String, ModelFacts> configured = new HashMap<>();
    private final Map<String, ModelFacts> catalogue = new HashMap<>();
    private final Map<String, String> identities = new HashMap<>();
    private final Map<String, Map<String, Merged>> merged = new ConcurrentHashMap<>();

    /** What came out last time, and of what. */
    private record Merged(long version, @Nullable Integer learned, ModelFacts facts) {}

    public ModelTable(Snapshot snapshot, ModelLists lists) {
        this.lists = lists;
        for (Catalogue.Entry entry : snapshot.catalogue().models().values()) {
            for (Catalogue.Backend backend : entry.backends()) {
                catalogue.putIfAbsent(key(backend.provider(), backend.model()), ofCatalogue(entry, backend));
            }
        }
        for (Provider provider : snapshot.providers().values()) {
            identities.put(provider.id(), identity(provider));
            for (Provider.Model model : provider.models()) {
                configured.put(key(provider.id(), model.name()), ofOperator(model));
            }
        }
    }

    /** Names a provider as it is configured: id, address and keys. What was fetched under one name is not another's. */
    public static String identity(Provider provider) {
        StringBuilder all = new StringBuilder(provider.type())
                .append('\n')
                .append(provider.endpoint())
                .append('\n')
                .append(provider.wire().query());
        provider.headers()
                .forEach((name, value) ->
                        all.append('\n').append(name).append('=').append(value.reveal()));
        provider.keys().forEach(key -> all.append('\n').append(key.fingerprint()));
        return provider.id() + ":" + new Secret(all.toString()).fingerprint();
    }

    private String identityOf(Provider provider) {
        String known = identities.get(provider.id());
        return known == null ? identity(provider) : known;
    }

    /** Changes whenever something else is known than before. */
    public long version() {
        return lists.version();
    }

    /** Never null; what nobody said is null or empty in it. The same object until something else is known. */
    public ModelFacts of(Provider provider, String model) {
        long version = lists.version();
        String identity = identityOf(provider);
        Integer learned = lists.learned(identity, model); // it runs out without a new version
        Map<String, Merged> known = merged.computeIfAbsent(identity, i -> new ConcurrentHashMap<>());
        Merged last = known.get(model);
        if (last != null && last.version == version && Objects.equals(last.learned, learned)) {
            return last.facts;
        }
        ModelFacts facts = merge(identity, key(provider.id(), model), model, learned);
        if (model.length() <= LONGEST_NAME) {
            if (known.size() >= MOST_MERGED) {
                known.clear();
            }
            known.put(model, new Merged(version, learned, facts));
        }
        return facts;
    }

    private ModelFacts merge(String identity, String key, String model, @Nullable Integer learned) {
        ModelFacts.Builder facts = new ModelFacts.Builder();
        facts.from(Source.CONFIGURED, configured.getOrDefault(key, ModelFacts.NONE));
        if (learned != null) {
            facts.from(
                    Source.LEARNED,
                    new ModelFacts.Builder().contextWindow(learned).build());
        }
        facts.from(Source.FETCHED, lists.models(identity).getOrDefault(model, ModelFacts.NONE));
        facts.from(Source.CATALOGUE, catalogue.getOrDefault(key, ModelFacts.NONE));
        return facts.build();
    }

    /**
     * What a model costs that a provider served. Each price is the operator's, else the one in the provider's list, else the
     * catalogue's; each of them is asked for the served name first, and where it knows no price of that, for the name that was
     * asked for. What runs in the broker, or on the machine beside it, costs nothing unless somebody says what.
     */
    public Prices prices(Provider provider, String asked, String served) {
        Prices known = served.equals(asked)
                ? of(provider, asked).prices()
                : ofEither(provider, asked, served).prices();
        return known == Prices.NONE && runsHere(provider) ? Prices.FREE : known;
    }

    private ModelFacts ofEither(Provider provider, String asked, String served) {
        String askedKey = key(provider.id(), asked);
        String servedKey = key(provider.id(), served);
        return new ModelFacts.Builder()
                .from(Source.CONFIGURED, priced(configured, servedKey, askedKey))
                .from(Source.FETCHED, priced(lists.models(identityOf(provider)), served, asked))
                .from(Source.CATALOGUE, priced(catalogue, servedKey, askedKey))
                .build();
    }

    /** Not of both names out of one source: they may be two models. */
    private static ModelFacts priced(Map<String, ModelFacts> known, String served, String asked) {
        ModelFacts own = known.getOrDefault(served, ModelFacts.NONE);
        return own.prices() == Prices.NONE ? known.getOrDefault(asked, ModelFacts.NONE) : own;
    }

    private static boolean runsHere(Provider provider) {
        return switch (provider.type()) {
            case "local" -> true;
            case "ollama" -> runsBeside(provider.endpoint());
            default -> false;
        };
    }

    private static boolean runsBeside(String endpoint) {
        String host = URI.create(endpoint).getHost();
        return host != null && (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"));
    }

    /** The models in the provider's own list, by id; empty when it was never fetched. */
    public Map<String, ModelFacts> listed(Provider provider) {
        return lists.models(identityOf(provider));
    }

    public ModelLists.State state(Provider provider) {
        return lists.state(identityOf(provider));
    }

    /**
     * The provider refused a request to the model and named its limit.
     *
     * @param tokens as in {@link ModelFacts#contextWindow}
     */
    public void learn(Provider provider, String model, int tokens) {
        Integer known = of(provider, model).contextWindow();
        if (known == null || known != tokens) {
            lists.learn(identityOf(provider), model, tokens);
        }
    }

    /**
     * The provider answered a request to the model, and counted its tokens. A lower limit is not believed then, whoever named
     * it: a client may get its own words into an error.
     */
    public void proved(Provider provider, String model, long tokens) {
        if (tokens > 0) {
            lists.proved(identityOf(provider), model, (int) Math.min(tokens, Integer.MAX_VALUE));
        }
    }

    private static ModelFacts ofOperator(Provider.Model model) {
        ObjectNode said = JSON.valueToTree(model.extra());
        said.remove("pricing"); // his prices are read without the guesses that a provider's list needs
        ModelFacts.Builder facts = new ModelFacts.Builder();
        if (model.contextSize() != null) {
            facts.contextWindow(model.contextSize());
        }
        facts.from(Source.CONFIGURED, OpenAiListing.facts(said));
        model.prices().forEach(facts::price);
        return facts.priceRules(model.priceRules()).build();
    }

    private static ModelFacts ofCatalogue(Catalogue.Entry entry, Catalogue.Backend backend) {
        ModelFacts.Builder facts = new ModelFacts.Builder()
                .contextWindow(entry.contextWindow() > 0 ? (Integer) entry.contextWindow() : null)
                .maxOutputTokens(entry.maxOutputTokens())
                .capabilities(entry.capabilities());
        backend.each().forEach(facts::price);
        return facts.priceRules(backend.rules()).build();
    }

    private static String key(String provider, String model) {
        return provider + "/" + model;
    }
}
