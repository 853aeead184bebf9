package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Prices;
import io.serai.config.Catalogue;
import io.serai.config.Limits;
import io.serai.config.Provider;
import io.serai.config.Rotation;
import io.serai.config.Sensitive;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.context.Tokens;
import io.serai.routing.Candidates.Known;
import io.serai.routing.Candidates.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up in the loaded configuration: the only way from a client's text to a route. Each public method is a step.
 */
public final class Directory {
    private final Snapshot snapshot;
    private final Instances instances;
    private final Candidates candidates;
    private final Pools pools;
    private final Ordering ordering;
    private final Walks walks;
    private final Groups groups;
    private final NameErrors errors;
    private final boolean sizesLimited;

    public Directory(
            Snapshot snapshot,
            Instances instances,
            Groups groups,
            Candidates candidates,
            Pools pools,
            Ordering ordering,
            Walks walks) {
        this.walks = walks;
        this.candidates = candidates;
        this.pools = pools;
        this.ordering = ordering;
        this.snapshot = snapshot;
        this.errors = new NameErrors(snapshot, instances);
        this.instances = instances;
        this.groups = groups;
        this.sizesLimited = limitsSizes(snapshot);
    }

    private static boolean limitsSizes(Snapshot snapshot) {
        return limits(snapshot).anyMatch(l -> l.maxRequestTokens() != null || Condensing.isWanted(l));
    }

    /** Whether the configuration has limits that requests may have to be counted for. */
    public static boolean limitsTokens(Snapshot snapshot) {
        Settings.Clients clients = snapshot.settings().clients();
        return clients.perAddress().tokens() + clients.perKey().tokens() > 0
                || limits(snapshot)
                        .anyMatch(l -> Stream.of(
                                        l.maxRequestTokens(),
                                        l.contextSize(),
                                        l.tokensPerMinute(),
                                        l.tokensPerHour(),
                                        l.tokensPerDay(),
                                        l.condenseContext(),
                                        l.condenseMethod())
                                .anyMatch(Objects::nonNull));
    }

    /** The names of all models that the configuration lists, paths among them. */
    public static Set<String> modelNames(Snapshot snapshot) {
        Stream<String> ofProviders = snapshot.providers().values().stream()
                .flatMap(p -> p.models().stream().map(Provider.Model::name));
        Stream<String> ofRotations = snapshot.rotations().values().stream()
                .flatMap(r -> r.members().stream().map(Rotation.Member::path));
        return Stream.concat(ofProviders, ofRotations).collect(Collectors.toSet());
    }

    private static Stream<Limits> limits(Snapshot snapshot) {
        Stream<Limits> ofProviders = snapshot.providers().values().stream()
                .flatMap(p -> Stream.concat(
                        Stream.of(p.defaults()), p.models().stream().map(Provider.Model::limits)));
        Stream<Limits> ofRotations = snapshot.rotations().values().stream()
                .flatMap(r -> Stream.concat(
                        Stream.of(r.defaults()), r.members().stream().map(Rotation.Member::limits)));
        return Stream.concat(ofProviders, ofRotations);
    }

    /** Splits the model path, for dispatch to branch on. */
    public void resolve(Exchange exchange) {
        Call call = Call.of(exchange);
        call.resolved(ModelPath.parse(call.model()));
    }

    /** The candidates of {@code provider/model}: the provider's keys. */
    public void ofProvider(Exchange exchange) {
        Call call = Call.of(exchange);
        start(exchange, now(taking(call, ofProvider(path(call)))));
    }

    /** The candidates of a catalogue name: its backends, in order, as far as there is a key for them. */
    public void ofCatalogue(Exchange exchange) {
        Call call = Call.of(exchange);
        start(exchange, now(taking(call, backends(call, path(call).name()))));
    }

    /** The candidates of a rotation or of {@code auto*}; its balancer takes the call's turn. */
    public void ofRotation(Exchange exchange) {
        Call call = Call.of(exchange);
        Pool pool = pool(call);
        permitted(call, pool.offers());
        List<Waypoint> found = select(pool.route(), call, false);
        if (found.isEmpty()) {
            throw ApiError.badRequest(
                    "model_not_supported",
                    "model",
                    "No model of '" + call.model() + "' can serve this request: " + reasons(pool, call) + ".");
        }
        start(exchange, found);
    }

    /** Of the offers those that a request of this size may be sent to; more is not asked where the client named the model. */
    private List<Offer> taking(Call call, List<Offer> all) {
        List<Offer> offers = permitted(call, all);
        if (!sizesLimited || call.operation() != Operation.CHAT) {
            return offers;
        }
        Needs needs = Needs.of(call);
        List<Offer> taking = offers.stream()
                .filter(o -> !candidates.refuses(candidates.known(o), needs))
                .toList();
        Oversize none = taking.isEmpty() ? Oversize.of(offers, needs, candidates) : null;
        if (none != null) {
            throw none.error(call, "it is a part of one already");
        }
        return taking;
    }

    /**
     * Of the offers those that may be sent what the call is of; all of them while it is nothing.
     *
     * @throws ApiError 404 when there is none
     */
    private static List<Offer> permitted(Call call, List<Offer> offers) {
        Set<Sensitive> sensitive = call.sensitivity().found();
        if (sensitive.isEmpty()) {
            return offers;
        }
        Needs needs = Needs.of(call);
        List<Offer> open = new ArrayList<>();
        for (Offer offer : offers) {
            Sensitive closed = needs.closed(offer.permits());
            if (closed == null) {
                open.add(offer);
            } else {
                call.trail().passesOver(offer.provider().id(), offer.model(), Fit.NOT_FOR + closed.spelling());
            }
        }
        if (open.isEmpty()) {
            throw SensitiveErrors.none(call);
        }
        return open;
    }

    /**
     * Null when one of the call's candidates takes it whole, and for what is no chat.
     *
     * @throws ApiError 404 for a name that leads nowhere
     */
    public @Nullable Oversize oversize(Call call) {
        if (!sizesLimited || call.operation() != Operation.CHAT) {
            return null;
        }
        ModelPath path = path(call);
        List<Offer> offers = switch (path.kind()) {
            case PROVIDER -> ofProvider(path);
            case CATALOGUE -> backends(call, path.name());
            case ROTATION, AUTO -> pool(call).offers();
            case AUTOSELECT -> List.of();
        };
        return Oversize.of(offers, Needs.of(call), candidates);
    }

    private List<Waypoint> now(List<Offer> offers) {
        return Candidates.now(offers.stream().map(candidates::known).toList(), true);
    }

    private List<Offer> ofProvider(ModelPath path) {
        List<Instance> keys = instances.of(path.name());
        if (keys.isEmpty()) {
            throw errors.provider(path);
        }
        Provider provider = keys.get(0).provider();
        if (path.model().isEmpty()) {
            throw ApiError.modelNotFound("Name a model behind the provider: '" + path.name() + "/<model>'.");
        }
        if (!provider.takes(path.model())) {
            throw NameErrors.model(provider, path);
        }
        return candidates.offer(path.name(), path.model()).stream().toList();
    }

    private List<Offer> backends(Call call, String name) {
        Catalogue.Entry entry = snapshot.catalogue().models().get(name);
        if (entry == null) {
            throw errors.name(name);
        }
        Operation wanted = call.operation();
        if (!entry.does(wanted.capability())) {
            throw NameErrors.otherPurpose(name, entry, wanted);
        }
        List<Offer> backends = candidates.offers(entry);
        if (backends.isEmpty()) {
            throw NameErrors.noBackend(name, entry);
        }
        return backends;
    }

    private Pool pool(Call call) {
        ModelPath path = path(call);
        if (path.kind() == ModelPath.Kind.AUTO && call.operation() != Operation.CHAT) {
            throw NameErrors.onlyChats(path, call.operation());
        }
        Pool pool = pools.of(pool(path));
        if (pool == null) {
            throw NameErrors.group(path, snapshot.rotations().keySet());
        }
        String awaited = pool.servable() ? null : pool.awaits();
        if (awaited != null && !instances.of(awaited).isEmpty()) {
            throw NameErrors.listAwaited(call.model(), awaited);
        }
        if (!pool.servable()) {
            throw ApiError.modelNotFound("No provider for '" + call.model() + "' is configured here.");
        }
        return pool;
    }

    /** The route of a pool, by the path that names it. */
    static String pool(ModelPath path) {
        return path.kind() == ModelPath.Kind.AUTO ? path.name() : Pools.ROTATION + path.name();
    }

    /** @param taken whether this is the call's turn; else nobody's passes */
    List<Waypoint> select(String route, Call call, boolean taken) {
        Pool pool = pools.of(route);
        if (pool == null) {
            return List.of();
        }
        Selection selection = Selection.of(pool, Needs.of(call), candidates, ordering, taken);
        if (taken) {
            note(call, selection);
        }
        return Candidates.now(selection.order(), taken);
    }

    /**
     * What an autoselect has picked on a call's way.
     *
     * @param picked has the model path, and what counts there of sensitive prompts
     */
    List<Waypoint> behind(Call call, Call picked) {
        Selection selection = behind(call, picked, true);
        note(call, selection);
        return Candidates.now(selection.order(), true);
    }

    /** @param taken whether the call is made; else nobody's turn passes */
    Selection behind(Call call, Call picked, boolean taken) {
        Needs needs = Needs.of(call).vouchedBy(picked.vouched());
        return Selection.of(pools.behind(picked.model(), picked.vouched()), needs, candidates, ordering, taken);
    }

    private static void note(Call call, Selection selection) {
        selection.skipped().forEach(s -> call.trail().passesOver(s.provider(), s.model(), s.reason()));
    }

    /**
     * What a call would find.
     *
     * @param strategy in whose order: provider, catalogue, or a rotation's
     */
    record Plan(String strategy, List<Selection.Found> order, List<Selection.Skipped> skipped) {}

    /** Looks without taking a turn; the errors are those of the call. */
    Plan plan(Call call) {
        ModelPath path = path(call);
        return switch (path.kind()) {
            case PROVIDER -> plan("provider", call, ofProvider(path));
            case CATALOGUE -> plan("catalogue", call, backends(call, path.name()));
            case ROTATION, AUTO -> {
                Pool pool = pool(call);
                Selection found = Selection.of(pool, Needs.of(call), candidates, ordering, false);
                yield new Plan(pool.strategy().spelling(), found.order(), found.skipped());
            }
            case AUTOSELECT -> {
                refuseUnknownAutoselect(path);
                yield new Plan("autoselect", List.of(), List.of()); // where it leads depends on what it picks
            }
        };
    }

    private Plan plan(String strategy, Call call, List<Offer> offers) {
        Needs needs = Needs.of(call);
        List<Selection.Found> order = new ArrayList<>();
        List<Selection.Skipped> skipped = new ArrayList<>();
        for (Offer offer : offers) {
            Known known = candidates.known(offer);
            String reason = candidates.unfit(known, needs);
            if (reason != null && (candidates.refuses(known, needs) || reason.startsWith(Fit.NOT_FOR))) {
                skipped.add(new Selection.Skipped(offer.provider().id(), offer.model(), reason));
            } else {
                order.add(known);
            }
        }
        return new Plan(strategy, order, skipped);
    }

    /** How a request is condensed for a candidate, null where it never is. */
    @Nullable
    Condensing condensing(Known known, Needs needs) {
        return candidates.condensing(
                known, needs, snapshot.settings().condensation().target());
    }

    /** What a model path costs, as far as that is known: of several models behind it, the first. */
    Prices prices(String modelPath) {
        ModelPath path = ModelPath.parse(modelPath);
        List<Offer> offers = switch (path.kind()) {
            case PROVIDER ->
                candidates.offer(path.name(), path.model()).stream().toList();
            case CATALOGUE ->
                snapshot.catalogue().models().get(path.name()) instanceof Catalogue.Entry entry
                        ? candidates.offers(entry)
                        : List.of();
            case ROTATION, AUTO, AUTOSELECT -> List.of();
        };
        return offers.isEmpty() ? Prices.NONE : candidates.facts(offers.get(0)).prices();
    }

    /** How an offer's model counts. */
    Tokens tokens(Offer offer) {
        return candidates.tokens(offer);
    }

    /** How the model that a path names counts. */
    public Tokens tokens(String modelPath) {
        return candidates.tokens(ModelPath.parse(modelPath));
    }

    private String reasons(Pool pool, Call call) {
        return Selection.of(pool, Needs.of(call), candidates, ordering, false).skipped().stream()
                .map(s -> s.provider() + "/" + s.model() + " (" + s.reason() + ")")
                .distinct()
                .limit(5)
                .collect(Collectors.joining(", "));
    }

    /** Makes sure that there is the autoselect that the call names. */
    public void ofAutoselect(Exchange exchange) {
        refuseUnknownAutoselect(path(Call.of(exchange)));
    }

    private void refuseUnknownAutoselect(ModelPath path) {
        if (!groups.autoselects().containsKey(path.name())) {
            throw NameErrors.group(path, groups.autoselects().keySet());
        }
    }

    private void start(Exchange exchange, List<Waypoint> candidates) {
        Call call = Call.of(exchange);
        Allowance attempts = Allowance.of(exchange, snapshot.settings().retry().attempts());
        walks.of(call, candidates, attempts).begin(exchange);
    }

    private static ModelPath path(Call call) {
        if (call.getPath() instanceof ModelPath path) {
            return path;
        }
        throw new IllegalStateException("dispatch resolves the model first");
    }
}
