package io.serai.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of an attempt when another is faster, and of its place on the bill. */
final class OvertakenAttemptTest {
    private static final Usage SENT = new Usage.Builder().inFresh(5).estimated().build();
    private static final Usage SAID = new Usage.Builder().inFresh(7).outText(2).build();
    private static final UpstreamFailure BROKEN = new UpstreamFailure.Overloaded(500, "Broken.", null);

    private final Call call = new Call("id", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "v");
    private final Attempt attempt = attempt();

    private Attempt attempt() {
        Target target = new Target(Instances.instance("acme"), "m", null, Duration.ofSeconds(1));
        Attempt made = new Attempt(call, 1, target, JsonNodeFactory.instance.objectNode());
        call.attempts().add(made);
        return made;
    }

    private String reason() {
        return CallRecord.Try.of(attempt).reason();
    }

    private Usage billed() {
        return call.soFar().usage();
    }

    @Test
    void oneThatIsUnderWayIsBilledWithWhatWasSent() {
        attempt.overtaken(SENT);
        assertThat(reason()).isEqualTo("overtaken");
        assertThat(billed()).isEqualTo(SENT);
    }

    @Test
    void oneThatWasBrokenOffForItIsBilledAllTheSame() {
        attempt.fail(new UpstreamFailure.ClientGone());
        attempt.overtaken(SENT);
        assertThat(reason()).isEqualTo("overtaken");
        assertThat(billed()).isEqualTo(SENT);
    }

    @Test
    void oneThatHasFailedByItselfIsNoLoser() {
        attempt.fail(BROKEN);
        attempt.overtaken(SENT);
        assertThat(reason()).isEqualTo(BROKEN.reason());
        assertThat(attempt.usage()).isNull();
        assertThat(billed()).isEqualTo(Usage.NONE);
    }

    @Test
    void oneThatTurnsOutToHaveFailedByItselfIsNoLoserEither() {
        attempt.overtaken(SENT);
        attempt.fail(BROKEN);
        attempt.notOvertaken();
        assertThat(reason()).isEqualTo(BROKEN.reason());
        assertThat(attempt.usage()).isNull();
        assertThat(billed()).isEqualTo(Usage.NONE);
    }

    @Test
    void whatItsProviderHasSaidStaysOnTheAttempt() {
        attempt.reported(SAID);
        attempt.overtaken(SENT);
        assertThat(billed()).isEqualTo(SAID);
        attempt.notOvertaken();
        assertThat(attempt.usage()).isEqualTo(SAID);
        assertThat(billed()).isEqualTo(Usage.NONE);
    }

    @Test
    void aBillOfTwoIsAGuessWhenTheSecondIs() {
        Prices prices = new Prices(Map.of(Prices.INPUT, BigDecimal.TWO, Prices.OUTPUT, BigDecimal.TEN));
        attempt.pricedBy(model -> prices);
        attempt.reported(SAID);
        attempt.overtaken(SENT);
        assertThat(call.cost().estimated()).isFalse();
        Attempt second = attempt();
        second.pricedBy(model -> prices);
        second.overtaken(SENT);
        assertThat(call.cost().usd()).isEqualByComparingTo("44"); // 7 and 5 at 2, 2 at 10
        assertThat(call.cost().estimated()).isTrue();
    }
}
