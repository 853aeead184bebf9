package io.serai.soak;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a process holds: what must not grow. */
final class Remains {
    /** ESTABLISHED and CLOSE_WAIT, from Linux's {@code include/net/tcp_states.h}. */
    private static final String OPEN = "01|08";

    private Remains() {}

    /** Names of platform threads, but for those that carry virtual ones: the JVM adds some while one is pinned, for 30 s. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.startsWith("ForkJoinPool"))
                .sorted()
                .toList();
    }

    /** Virtual threads of requests. */
    static long calls() throws IOException {
        Path folder = Files.createTempDirectory("serai-threads");
        Path dump = folder.resolve("dump");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (Stream<String> lines = Files.lines(dump)) {
                return lines.filter(line -> line.matches("#\\d+ \"call-\\d+\".*"))
                        .count();
            }
        } finally {
            Files.deleteIfExists(dump);
            Files.delete(folder);
        }
    }

    /** Connections that clients hold with the port, and those that they closed and it did not. Linux only; else 0. */
    static long connections(int port) throws IOException {
        String local = ":" + String.format(Locale.ROOT, "%04X", port);
        long open = 0;
        for (String file : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            if (Files.exists(Path.of(file))) {
                open += Files.readAllLines(Path.of(file)).stream()
                        .map(line -> line.strip().split("\\s+"))
                        .filter(f -> f.length > 3 && f[1].endsWith(local) && f[3].matches(OPEN))
                        .count();
            }
        }
        return open;
    }

    /** Live heap. Bytes. */
    static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
