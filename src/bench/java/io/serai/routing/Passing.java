package io.serai.routing;

import io.serai.call.Instance;
import io.serai.config.Limits;
import java.time.Duration;
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

/** The limits before an attempt and the settling after it, all calls at one instance. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Passing {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Param({"false", "true"})
    public boolean limited;

    private Desk desk;
    private Instance instance;
    private Limits limits;

    @Setup
    public void setup() throws Exception {
        desk = new Desk();
        instance = desk.instances.of("p0").get(0);
        int most = Integer.MAX_VALUE;
        limits = limited ? new Limits(null, null, most, most, most, null, null, null, null) : Limits.NONE;
    }

    @Benchmark
    public void passed() throws Exception {
        if (desk.gate.pass(desk.call, instance, "m0", limits, limit -> 1, PATIENCE)
                instanceof Gate.Answer.Passed passed) {
            passed.hold().accepted();
            passed.hold().ended(null);
        } else {
            throw new IllegalStateException("There is room for all");
        }
    }
}
