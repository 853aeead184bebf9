package io.serai.config;

import org.jspecify.annotations.Nullable;

/**
 * The flags {@code nsfw} and {@code privacy} as one place of the files has them: whether sensitive prompts may go there. Null is
 * unsaid, and then the next place speaks; what nobody says is no.
 */
public record Permits(@Nullable Boolean nsfw, @Nullable Boolean privacy) {
    /** Nothing said. */
    public static final Permits NONE = new Permits(null, null);

    /** Both flags of a section. */
    static Permits read(Section section) {
        Boolean nsfw = section.flag("nsfw");
        Boolean privacy = section.flag("privacy");
        return nsfw == null && privacy == null ? NONE : new Permits(nsfw, privacy);
    }

    /** Null where nothing is said of it. */
    public @Nullable Boolean of(Sensitive kind) {
        return switch (kind) {
            case NSFW -> nsfw;
            case PRIVACY -> privacy;
        };
    }

    /** This, and where it says nothing the other. */
    public Permits orElse(Permits other) {
        if (this == NONE || other == NONE) {
            return this == NONE ? other : this;
        }
        return new Permits(nsfw == null ? other.nsfw : nsfw, privacy == null ? other.privacy : privacy);
    }

    /** Without its refusals: what is left says yes or nothing. */
    public Permits grants() {
        boolean any = Boolean.TRUE.equals(nsfw) || Boolean.TRUE.equals(privacy);
        return any ? new Permits(yes(nsfw), yes(privacy)) : NONE;
    }

    /** This, as something that another place brings: where this says nothing the other speaks, and its refusals hold. */
    public Permits within(Permits outer) {
        return orElse(outer).refusedBy(outer);
    }

    /** With the refusals of another place, which hold whatever is said here. */
    Permits refusedBy(Permits other) {
        boolean refuses = Boolean.FALSE.equals(other.nsfw) || Boolean.FALSE.equals(other.privacy);
        return refuses
                ? new Permits(
                        Boolean.FALSE.equals(other.nsfw) ? other.nsfw : nsfw,
                        Boolean.FALSE.equals(other.privacy) ? other.privacy : privacy)
                : this;
    }

    private static @Nullable Boolean yes(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag) ? flag : null;
    }
}
