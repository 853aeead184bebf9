package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.serai.json.BodyReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/** 100,000 tokens of this project's documentation and source, and a usual request of 20 messages. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Counting {
    private static final int TOKENS = 100_000;
    private static final int LIMIT = 128_000;

    private final Tokens gpt = new Tokenizers().named("gpt-4o");
    private String text = "";
    private JsonNode usual = new ObjectMapper().createObjectNode();
    private JsonNode grown = usual;
    private Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    @Setup
    public void setup() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path folder : List.of(Path.of("docs"), Path.of("src", "main", "java"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (!file.toString().endsWith(".json")) {
                        all.append(Files.readString(file));
                    }
                }
            }
        }
        text = all.substring(0, Vocabulary.O200K_BASE.reach(all.toString(), 0, TOKENS));
        usual = conversation(20, 300);
        grown = conversation(100, 3_800);
        Length.ofChat(grown).in(gpt);
    }

    private JsonNode conversation(int messages, int characters) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode body = json.createObjectNode();
        ArrayNode list = body.putArray("messages");
        for (int i = 0; i < messages; i++) {
            list.addObject()
                    .put("role", i % 2 == 0 ? "user" : "assistant")
                    .put("content", text.substring(i * characters, (i + 1) * characters));
        }
        return new BodyReader(json).read(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Benchmark
    public long aHundredThousandTokens() {
        return Vocabulary.O200K_BASE.count(text);
    }

    @Benchmark
    public long theSameByTheRegularExpression() {
        return encoding.countTokensOrdinary(text);
    }

    /** 380 KB of which everything was counted before. */
    @Benchmark
    public long aConversationThatWasCountedBefore() {
        return Length.ofChat(grown).in(gpt);
    }

    @Benchmark
    public boolean aRequestFarBelowItsLimit() {
        return Length.ofChat(usual).isAbove(LIMIT, () -> gpt);
    }
}
