package io.serai.routing;

/**
 * A model as a client names it, split on the first slash only: {@code kilo/kilo/free} is provider {@code kilo}, model {@code
 * kilo/free}.
 *
 * @param kind what the first segment is
 * @param name the provider, rotation or autoselect; for a bare name the name itself
 * @param model what follows; empty for the others
 */
public record ModelPath(Kind kind, String name, String model) {
    public enum Kind {
        PROVIDER,
        ROTATION,
        AUTOSELECT,
        /** {@code auto}, {@code autocheapest}, {@code autobest}. */
        AUTO,
        CATALOGUE
    }

    public static ModelPath parse(String path) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            return new ModelPath(Pools.AUTO.contains(path) ? Kind.AUTO : Kind.CATALOGUE, path, "");
        }
        String first = path.substring(0, slash);
        String rest = path.substring(slash + 1);
        return switch (first) {
            case "rotation" -> new ModelPath(Kind.ROTATION, rest, "");
            case "autoselect" -> new ModelPath(Kind.AUTOSELECT, rest, "");
            default -> new ModelPath(Kind.PROVIDER, first, rest);
        };
    }

    /** In lower case, as routes compare it. */
    public String getKind() {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }
}
