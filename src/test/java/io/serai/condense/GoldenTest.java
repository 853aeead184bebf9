package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.serai.condense.text.Measure;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One conversation, and for each method what it makes of it. With {@code -Dserai.golden.write=true} the files are written anew, to be
 * read through before they are committed.
 */
class GoldenTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "condense");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Map<String, Condenser> METHODS = Methods.withoutModel(EverydayVectors::of);
    private static final Measure MEASURE = Measure.of(Tokenizers.usual());
    private static final long TARGET = 420;

    static Stream<String> methods() {
        return METHODS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void itMakesOfTheConversationWhatItMade(String method) throws Exception {
        JsonNode conversation = JSON.readTree(Files.readString(FOLDER.resolve("conversation.json")));
        JsonNode made = JSON.valueToTree(
                METHODS.get(method).condense(Outline.of(conversation), new Condenser.Aim(TARGET, MEASURE)));

        Path golden = FOLDER.resolve(method + ".json");
        if (Boolean.getBoolean("serai.golden.write")) {
            Files.writeString(golden, JSON.writeValueAsString(made) + "\n");
        }
        assertThat(made).isEqualTo(JSON.readTree(Files.readString(golden)));
    }
}
