package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What was kept comes back as it was, or not at all. */
class ParcelPropertiesTest {
    private static final long NOW = 1_767_225_600_000L;

    @Property(tries = 200)
    void whatWasWrappedComesBack(@ForAll Random random, @ForAll @IntRange(max = 5000) int length) {
        byte[] content = content(random, length);

        Parcel parcel = Objects.requireNonNull(Parcel.open("x", Parcel.wrap(content, NOW, NOW + 10), NOW + 9));

        assertThat(parcel.content()).isEqualTo(content);
        assertThat(parcel.storedAt()).isEqualTo(NOW);
        assertThat(Parcel.expiry(Parcel.wrap(content, NOW, NOW + 10))).isEqualTo(NOW + 10);
    }

    @Property(tries = 500)
    void whatIsTornOrChangedDoesNot(@ForAll Random random, @ForAll @IntRange(max = 3000) int length) {
        byte[] whole = Parcel.wrap(content(random, length), NOW, NOW + 10);
        byte[] torn = Arrays.copyOf(whole, random.nextInt(whole.length));
        byte[] changed = whole.clone();
        changed[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));

        assertThat(Parcel.open("x", torn, NOW)).isNull();
        assertThat(Parcel.open("x", changed, NOW)).isNull();
        assertThat(Parcel.open("x", whole, NOW + 10)).as("expired").isNull();
    }

    /** Half of it can be compressed. */
    private static byte[] content(Random random, int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        Arrays.fill(content, length / 2, length, (byte) 'a');
        return content;
    }
}
