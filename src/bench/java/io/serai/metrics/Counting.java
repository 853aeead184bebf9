package io.serai.metrics;

import io.serai.batch.Savings;
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
import io.serai.config.Snapshot;
import io.serai.ledger.Books;
import io.serai.routing.ExtraSpend;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A finished request with one attempt, in all the metrics that it belongs to. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Counting {
    private static final Usage USAGE =
            new Usage.Builder().inFresh(1_000).inCacheRead(500).outText(300).build();
    private static final Cost COST = new Cost(new BigDecimal("0.000123"), List.of(), false);

    private Meters meters;
    private KnownNames names;
    private CallRecord record;

    @Setup
    public void setup() throws Exception {
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(null, Map.of(), Map.of()));
        Books none = Books.open(snapshot.settings(), null);
        meters = new Meters(none, new Savings(), new ExtraSpend(System::nanoTime));
        names = new KnownNames(snapshot);
        record = new CallRecord(
                "01M81NQSM8JAK0000000000001",
                "req_4acc17e70ca0d36b0000000000000001",
                "/v1/chat/completions",
                "openai",
                Operation.CHAT,
                Instant.now(),
                "f3abf2a6cc4f",
                "192.0.2.1",
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

    @Benchmark
    public void counted() {
        meters.count(record, names);
    }
}
