package io.serai.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.batch.Savings;
import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Purpose;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.ledger.Books;
import io.serai.routing.Disabled;
import io.serai.routing.ExtraSpend;
import io.serai.routing.Health;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which of the models it was asked by a request is counted under, where its provider answers under another name. */
final class ServedNameTest {

    private static CallRecord.Try asked(String model, String reason, int status) {
        return new CallRecord.Try(
                Purpose.REPLY, "local", "local", model, reason, status, true, 1, Usage.NONE, Cost.NOTHING);
    }

    /** Its key was asked for another model at the same time, which failed by itself before the first had answered. */
    @Test
    void oneThatFailedBesideItIsNotTheOneThatServed() throws Exception {
        var snapshot = new ConfigLoader().load(new ConfigSource(null, Map.of(), Map.of()));
        Meters meters =
                new Meters(Books.open(snapshot.settings(), null), new Savings(), new ExtraSpend(System::nanoTime));
        meters.count(
                Records.of("192.0.2.1", List.of(asked("echo", "ok", 200), asked("sick", "rejected", 400))),
                new KnownNames(snapshot));
        Health health = new Health(System::nanoTime);
        String text =
                meters.scrape(new Levels.Sight(1, 0, 0, List.of(), health, new Disabled(null, new ObjectMapper())));
        assertThat(text).contains("gen_ai_response_model=\"echo\"").doesNotContain("gen_ai_response_model=\"other\"");
    }
}
