package io.serai.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Caller;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long an id lives, for whom, and how many there are. */
final class ContentTableTest {
    private static final Caller ONE = new Caller("one", "127.0.0.1", false, true);
    private static final Caller TWO = new Caller("two", "127.0.0.1", false, true);
    private final AtomicLong now = new AtomicLong();
    private final ContentTable table = new ContentTable(now::get);

    @Test
    void anIdIsItsKeysAlone() {
        String id = table.add("https://a/", ONE, "https://b");
        assertThat(table.find(id, ONE)).isNotNull();
        assertThat(table.find(id, TWO)).isNull();
    }

    @Test
    void anIdEndsAfterAnHour() {
        String id = table.add("https://a/", ONE, "https://b");
        now.addAndGet(ContentTable.LIFE.toNanos() - 1);
        assertThat(table.find(id, ONE)).isNotNull();
        now.addAndGet(1);
        assertThat(table.find(id, ONE)).isNull();
    }

    @Test
    void ofTooManyTheOldestGo() {
        String first = table.add("https://a/", ONE, "https://b");
        String second = table.add("https://a/", ONE, "https://b");
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < ContentTable.MOST - 1; i++) {
            ids.add(table.add("https://a/", ONE, "https://b"));
        }
        assertThat(ids).hasSize(ContentTable.MOST - 1);
        assertThat(table.find(first, ONE)).isNull();
        assertThat(table.find(second, ONE)).isNotNull();
    }
}
