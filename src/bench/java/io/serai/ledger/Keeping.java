package io.serai.ledger;

import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Operation;
import io.serai.call.Outcome;
import io.serai.call.Overhead;
import io.serai.call.Purpose;
import io.serai.call.Saved;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Settings;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * The processor time that a record takes from the queue to the SQLite file, by thread: the journal's own, and the one of the
 * route {@code ledger-write}. Records come evenly, from 250 addresses. JMH has no figure for the time of other threads, so
 * this is a program: {@code Keeping [rows a second] [seconds] [rounds] [setting=value...]}.
 */
public final class Keeping {
    private static final Usage USAGE =
            new Usage.Builder().inFresh(1_000).inCacheRead(500).outText(300).build();
    private static final Cost COST = new Cost(new BigDecimal("0.000123"), List.of(), false);
    private static final int ADDRESSES = 250;
    private static final List<String> THREADS = List.of("serai-journal", "timer://ledger-write");

    private Keeping() {}

    public static void main(String[] arguments) throws Exception {
        int perSecond = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
        Map<String, String> set = new HashMap<>();
        Arrays.stream(arguments).skip(3).forEach(a -> set.put(a.split("=")[0], a.split("=")[1]));
        Path home = Files.createTempDirectory("serai-keeping");
        Files.createDirectories(home.resolve("config"));
        Settings settings = new ConfigLoader()
                .load(new ConfigSource(home.resolve("config"), Map.of(), set))
                .settings();
        try (Books books = Books.open(settings, home.resolve("data"));
                DefaultCamelContext camel = context(books, settings)) {
            camel.start();
            for (int round = 1; round <= rounds; round++) {
                round(books, settings, camel, perSecond, perSecond * seconds, round);
            }
        }
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static DefaultCamelContext context(Books books, Settings settings) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent()
                .addInitialProperty(
                        "ledger-interval",
                        String.valueOf(settings.ledger().interval().toMillis()));
        books.steps(settings.ledger()).forEach(camel.getRegistry()::bind);
        for (String other : List.of("logCall", "countRequest", "keepRecord")) {
            camel.getRegistry().bind(other, (Processor) exchange -> {});
        }
        Resource routes = ResourceHelper.resolveResource(camel, "classpath:routes/ledger/ledger.camel.yaml");
        PluginHelper.getRoutesLoader(camel).loadRoutes(routes);
        return camel;
    }

    private static void round(
            Books books, Settings settings, DefaultCamelContext camel, int perSecond, int rows, int round)
            throws Exception {
        List<Long> before = times();
        Exchange exchange = new DefaultExchange(camel);
        long began = System.nanoTime();
        for (int i = 0; i < rows; i++) {
            long due = began + i * 1_000_000_000L / perSecond;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(1_000_000);
            }
            exchange.getMessage().setBody(record(round * 100_000_000L + i));
            books.keep(exchange, settings.ledger().texts());
        }
        books.settle(java.time.Duration.ofMinutes(1));
        List<Long> after = times();
        List<String> figures = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < THREADS.size(); i++) {
            double micros = (after.get(i) - before.get(i)) / 1e3 / rows;
            sum += micros;
            figures.add("%s %.1f".formatted(THREADS.get(i), micros));
        }
        System.out.printf("round %d: %s, together %.1f microseconds a row%n", round, String.join(", ", figures), sum);
    }

    private static List<Long> times() {
        return THREADS.stream()
                .map(name -> Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.getName().contains(name))
                        .mapToLong(t -> ManagementFactory.getThreadMXBean().getThreadCpuTime(t.threadId()))
                        .sum())
                .toList();
    }

    private static CallRecord record(long number) {
        return new CallRecord(
                "01M81NQSM8JAK%013d".formatted(number),
                "req_4acc17e70ca0d36b%016d".formatted(number),
                "/v1/chat/completions",
                "openai",
                Operation.CHAT,
                Instant.now(),
                "f3abf2a6cc4f",
                "192.0.2." + number % ADDRESSES,
                "rotation/best",
                true,
                "groq",
                "groq-1",
                "llama-3.3-70b-versatile",
                "llama-3.3-70b-versatile",
                "best",
                200,
                Outcome.OK,
                null,
                USAGE,
                List.of(new CallRecord.Try(
                        Purpose.REPLY, "groq", "groq-1", "llama-3.3-70b-versatile", "ok", 200, true, 420, USAGE, COST)),
                List.of(),
                List.of(),
                0,
                431,
                180,
                new Overhead(630, 0, 300),
                COST,
                BigDecimal.ZERO,
                "0f1e2d3c4b5a",
                1_500,
                false,
                null,
                null,
                Saved.NOTHING);
    }
}
