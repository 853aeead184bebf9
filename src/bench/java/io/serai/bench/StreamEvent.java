package io.serai.bench;

import io.serai.call.UpstreamFailure;
import io.serai.stream.ChunkFacts;
import io.serai.stream.ChunkSink;
import io.serai.stream.EventDecoder;
import io.serai.stream.StreamTranslator;
import java.nio.charset.StandardCharsets;
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

/** An event that brings a word, from the provider's bytes to the chunk's: cut out, read and written in OpenAI's shape. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StreamEvent {
    @Param
    public Kind kind;

    private final Counting sink = new Counting();
    private byte[] event;
    private EventDecoder decoder;
    private StreamTranslator translator;

    @Setup
    public void setup() throws Exception {
        Bench bench = new Bench(
                kind,
                "{\"model\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"stream\":true}",
                true);
        var attempt = bench.attempt();
        bench.adapter.prepare(attempt);
        event = kind.event.getBytes(StandardCharsets.UTF_8);
        decoder = bench.adapter.decoder(attempt);
        translator = bench.adapter.translator(attempt);
    }

    @Benchmark
    public long translated() {
        decoder.feed(event, 0, event.length, (type, data, from, to) -> translator.event(type, data, from, to, sink));
        return sink.bytes;
    }

    private static final class Counting implements ChunkSink {
        long bytes;

        @Override
        public void chunk(byte[] json, int from, int to, ChunkFacts facts) {
            bytes += to - from + facts.outputChars;
        }

        @Override
        public void done() {
            throw new IllegalStateException("The event ends nothing");
        }

        @Override
        public void failed(UpstreamFailure failure) {
            throw new IllegalStateException(failure.message());
        }
    }
}
