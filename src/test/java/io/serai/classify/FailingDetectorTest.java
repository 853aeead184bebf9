package io.serai.classify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.LogWatch;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Operation;
import io.serai.call.Sensitivity;
import io.serai.config.Sensitive;
import io.serai.config.Settings;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What could not be searched is taken for what the settings say, and never silently for harmless. */
final class FailingDetectorTest {
    private static final String TEXT = "Something that makes a detector stumble";

    private static Call searched(Set<Sensitive> whenFailing) throws Exception {
        try (Sentences sentences = new Sentences()) {
            Detectors detectors = new Detectors(new Meanings(sentences), List.of((words, found) -> {
                throw new IllegalStateException(words.text());
            }));
            Settings.Classify settings = new Settings.Classify(
                    EnumSet.allOf(Sensitive.class), false, 0.5, 0.5, "", Duration.ofSeconds(20), whenFailing);
            ObjectNode body = new ObjectMapper().createObjectNode();
            body.putArray("messages").addObject().put("role", "user").put("content", TEXT);
            Call call = new Call("id-1", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "");
            call.admitted(Operation.CHAT, body, 100, "a/b", false, false);
            new Classification(settings, Map.of(), detectors).foresee(call);
            return call;
        }
    }

    @Test
    void itCountsAsAHitAndTheWarningHasNoneOfTheText() throws Exception {
        try (LogWatch log = new LogWatch()) {
            Sensitivity found = searched(Set.of(Sensitive.PRIVACY)).sensitivity();

            assertThat(found.found()).containsExactly(Sensitive.PRIVACY);
            assertThat(found.reasons()).containsExactly("privacy:unchecked");
            assertThat(log.text())
                    .contains("id-1 could not be searched (privacy)")
                    .doesNotContain("stumble");
        }
    }

    @Test
    void whereTheSettingsLetItPassTheLogSaysSo() throws Exception {
        try (LogWatch log = new LogWatch()) {
            assertThat(searched(Set.of()).sensitivity().found()).isEmpty();
            assertThat(log.text()).contains("id-1 could not be searched (privacy)");
        }
    }
}
