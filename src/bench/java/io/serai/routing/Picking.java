package io.serai.routing;

import io.serai.config.Rotation;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A candidate out of fifty: the order by the strategy, the keys' turns, and the way through them up to the first key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Picking {
    @Param({"WEIGHTED", "PRIORITY", "CHEAPEST", "FASTEST"})
    public Rotation.Strategy strategy;

    private Desk desk;

    @Setup
    public void setup() throws Exception {
        desk = new Desk();
    }

    @Benchmark
    public boolean picked() {
        return desk.walk(desk.select(strategy)).isMore();
    }
}
