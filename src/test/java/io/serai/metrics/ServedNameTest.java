package io.serai.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.batch.Savings;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.ledger.Books;
import io.serai.routing.Disabled;
import io.serai.routing.ExtraSpend;
import io.serai.routing.Health;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a request is counted under where its provider answers under a name that nobody knows. */
final class ServedNameTest {

    @Test
    void itIsTheOneThatItWasAskedBy() throws Exception {
        var snapshot = new ConfigLoader().load(new ConfigSource(null, Map.of(), Map.of()));
        Meters meters =
                new Meters(Books.open(snapshot.settings(), null), new Savings(), new ExtraSpend(System::nanoTime));
        meters.count(Records.of("192.0.2.1", List.of()), new KnownNames(snapshot));
        Health health = new Health(System::nanoTime);
        String text =
                meters.scrape(new Levels.Sight(1, 0, 0, List.of(), health, new Disabled(null, new ObjectMapper())));
        assertThat(text).contains("gen_ai_response_model=\"echo\"").doesNotContain("gen_ai_response_model=\"other\"");
    }
}
