package io.serai.bench;

import io.serai.call.Attempt;
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

/**
 * A conversation of 100 messages, from the tree that admission made to the bytes that go to the provider: a system message, then
 * questions of 300 characters, calls of a tool, their results of 500, and answers of 800.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Conversation {
    private static final int ROUNDS = 33;

    @Param
    public Kind kind;

    private Bench bench;

    @Setup
    public void setup() throws Exception {
        bench = new Bench(kind, request(), false);
    }

    @Benchmark
    public byte[] translated() throws Exception {
        Attempt attempt = bench.attempt();
        bench.adapter.prepare(attempt);
        return attempt.payload();
    }

    private static String request() {
        StringBuilder messages = new StringBuilder("{\"role\":\"system\",\"content\":\"" + text(500) + "\"}");
        for (int i = 0; i < ROUNDS; i++) {
            String id = "call_" + i;
            messages.append(",{\"role\":\"user\",\"content\":\"" + text(300) + "\"}")
                    .append(",{\"role\":\"assistant\",\"content\":\"" + text(800) + "\",\"tool_calls\":[{\"id\":\"" + id
                            + "\",\"type\":\"function\",\"function\":{\"name\":\"look_up\",\"arguments\":\"{\\\"city\\\":\\\"Paris\\\",\\\"days\\\":["
                            + i + ",2,3]}\"}}]}")
                    .append(",{\"role\":\"tool\",\"tool_call_id\":\"" + id + "\",\"content\":\"" + text(500) + "\"}");
        }
        return "{\"model\":\"x\",\"temperature\":0.7,\"max_completion_tokens\":1000,\"messages\":[" + messages
                + "],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\",\"description\":\"Looks up a place\","
                + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"array\","
                + "\"items\":{\"type\":\"integer\"}}},\"required\":[\"city\"]}}}]}";
    }

    private static String text(int length) {
        return "The quick brown fox jumps over the lazy dog. "
                .repeat(length / 45 + 1)
                .substring(0, length);
    }
}
