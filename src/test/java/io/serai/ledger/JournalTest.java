package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JournalTest {
    private static final Journal.Position START = new Journal.Position(0, 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static byte[] row(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<Journal.Entry> entries) {
        return entries.stream()
                .map(e -> e.row() == null ? "damaged" : new String(e.row(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
        }
    }

    @Test
    void whatWasWrittenIsReadInItsOrder() throws IOException {
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("a"), row("b")));
            journal.append(List.of(row("c")));
            List<Journal.Entry> first = journal.read(START, 2);
            assertThat(texts(first)).containsExactly("a", "b");
            assertThat(texts(journal.read(first.get(1).after(), 10))).containsExactly("c");
        }
    }

    @Test
    void whatWasNotReleasedIsThereAfterACrash() throws IOException {
        Journal killed = new Journal(folder);
        killed.append(List.of(row("a"), row("b")));
        killed.release(killed.read(START, 1).get(0).after());
        killed.close(); // the lock goes with a killed process; nothing else happens here
        try (Journal journal = new Journal(folder)) {
            assertThat(texts(journal.read(journal.start(), 10))).containsExactly("a", "b");
            journal.append(List.of(row("c")));
            List<Journal.Entry> all = journal.read(journal.start(), 10);
            assertThat(texts(all)).containsExactly("a", "b", "c");
            journal.release(all.get(2).after());
            assertThat(files(".journal")).hasSize(1);
            assertThat(journal.bytes(all.get(2).after())).isZero();
        }
    }

    /** One row takes 8 bytes and its text: a tear after every byte of the second one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 9, 12})
    void aTornTailIsReadUpToTheTear(int left) throws IOException {
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("whole"), row("broken")));
        }
        Path file = files(".journal").get(0);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, 8 + 5 + left));
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("later")));
            List<Journal.Entry> all = journal.read(journal.start(), 10);
            assertThat(texts(all)).containsExactly("whole", "later");
            assertThat(journal.bytes(all.get(1).after())).isZero();
        }
        assertThat(files(".damaged")).isEmpty();
    }

    @Test
    void zerosAtTheEndAreNoRows() throws IOException {
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("whole")));
        }
        Files.write(files(".journal").get(0), new byte[64], StandardOpenOption.APPEND);
        try (Journal journal = new Journal(folder)) {
            assertThat(texts(journal.read(journal.start(), 10))).containsExactly("whole");
        }
    }

    /** Every byte of the second row, its length and checksum too: nothing else is lost by it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 7, 8, 13})
    void whatStandsAfterADamagedRowIsReadAndTheFileIsKept(int at) throws IOException {
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("first"), row("second"), row("third"), row("fourth")));
        }
        damage(8 + 5 + at);
        try (Journal journal = new Journal(folder)) {
            List<Journal.Entry> all = journal.read(journal.start(), 10);
            assertThat(texts(all)).containsExactly("first", "damaged", "third", "fourth");
            assertThat(journal.bytes(all.getLast().after())).isZero();
            assertThat(files(".damaged")).isEmpty(); // whoever reads may have to do so again
            journal.keep(all.get(1));
        }
        assertThat(files(".damaged")).hasSize(1);
    }

    /** While it is written to: neither what comes after the damage nor what is added later is lost. */
    @ParameterizedTest
    @ValueSource(ints = {0, 8 + 5 + 9, 2 * 8 + 5 + 6 + 9})
    void aRowThatIsDamagedWhileTheFileIsWrittenLosesNoOther(int at) throws IOException {
        List<String> expected = new ArrayList<>(List.of("first", "second", "third", "later", "latest"));
        expected.set(at == 0 ? 0 : at < 30 ? 1 : 2, "damaged");
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("first"), row("second"), row("third")));
            damage(at);
            List<Journal.Entry> found = new ArrayList<>(journal.read(START, 10));
            journal.append(List.of(row("later")));
            found.addAll(journal.read(found.getLast().after(), 1));
            journal.append(List.of(row("latest")));
            found.addAll(journal.read(found.getLast().after(), 10));
            assertThat(texts(found)).isEqualTo(expected);
            assertThat(journal.bytes(found.getLast().after())).isZero();
        }
    }

    private void damage(int at) throws IOException {
        Path file = files(".journal").get(0);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 0x41);
        }
    }

    @Test
    void aLongJournalIsManyFilesAndTheReadOnesGo() throws IOException {
        byte[] large = new byte[3 * 1024 * 1024];
        large[0] = 1;
        try (Journal journal = new Journal(folder)) {
            for (int i = 0; i < 7; i++) {
                journal.append(List.of(large));
            }
            assertThat(files(".journal")).hasSize(3);
            List<Journal.Entry> all = all(journal, START);
            assertThat(all).hasSize(7);
            journal.release(all.get(3).after());
            assertThat(files(".journal")).hasSize(2);
            assertThat(all(journal, all.get(3).after())).hasSize(3);
        }
    }

    /** A batch with texts must fit into the heap: 200 rows of two texts of a million characters would not. */
    @Test
    void longRowsAreReadAFewAtATimeAndOneThatIsLongerAlone() throws IOException {
        byte[] small = new byte[1024 * 1024];
        byte[] huge = new byte[12 * 1024 * 1024];
        small[0] = 1;
        huge[0] = 2;
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(small, small, small, huge));
            for (int i = 0; i < 30; i++) {
                journal.append(List.of(small));
            }
            List<Integer> batches = new ArrayList<>();
            Journal.Position at = START;
            for (List<Journal.Entry> read = journal.read(at, 200); !read.isEmpty(); read = journal.read(at, 200)) {
                batches.add(read.size());
                at = read.get(read.size() - 1).after();
            }
            assertThat(batches.subList(0, 2)).containsExactly(3, 1);
            assertThat(batches).allMatch(size -> size <= 4);
            assertThat(batches.stream().mapToInt(size -> size).sum()).isEqualTo(34);
        }
    }

    private static List<Journal.Entry> all(Journal journal, Journal.Position from) throws IOException {
        List<Journal.Entry> all = new ArrayList<>();
        Journal.Position at = from;
        for (List<Journal.Entry> read = journal.read(at, 100); !read.isEmpty(); read = journal.read(at, 100)) {
            all.addAll(read);
            at = read.get(read.size() - 1).after();
        }
        return all;
    }

    @Test
    void aCleanStopLeavesNoFiles() throws IOException {
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(row("a")));
            journal.clear(journal.read(START, 1).get(0).after());
        }
        assertThat(files(".journal")).isEmpty();
    }

    /** Else a broker that is killed would write all of its rows a second time. */
    @Test
    void aFileOfSomeSizeGoesWhenAllOfItIsRead() throws IOException {
        byte[] large = new byte[300 * 1024];
        large[0] = 1;
        try (Journal journal = new Journal(folder)) {
            journal.append(List.of(large));
            journal.release(journal.read(START, 1).get(0).after());
            journal.append(List.of(row("next")));
            List<Journal.Entry> next = journal.read(new Journal.Position(1, 0), 1);
            assertThat(texts(next)).containsExactly("next");
            journal.release(next.get(0).after());
            assertThat(files(".journal"))
                    .singleElement()
                    .satisfies(f -> assertThat(Files.size(f)).isLessThan(100));
        }
    }

    @Test
    void twoBrokersDoNotShareOne() throws IOException {
        try (Journal journal = new Journal(folder)) {
            assertThat(journal.read(START, 1)).isEmpty();
            assertThatThrownBy(() -> new Journal(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another broker");
        }
    }
}
