package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FixedWindowTest {
    private final FixedWindow window = new FixedWindow();

    @Test
    void opensAtTheSameSecondOfEveryMinute() {
        window.opened(98, 104);

        assertThat(window.opensBy(110)).isEqualTo(164);
        assertThat(window.opensBy(1000)).isEqualTo(1004);
        assertThat(window.countsSince(110)).isEqualTo(104);
    }

    @Test
    void eachOutageNarrowsItDown() {
        window.opened(98, 104);

        boolean again = window.opened(400, 409); // which is 100 to 109, five minutes later

        assertThat(again).isTrue();
        assertThat(window.openedAfter()).isEqualTo(400);
        assertThat(window.opensBy(410)).isEqualTo(464);
    }

    @Test
    void anOutageThatEndsAtAnotherSecondBeginsAnew() {
        window.opened(98, 104);

        boolean again = window.opened(430, 435);

        assertThat(again).isFalse();
        assertThat(window.openedAfter()).isEqualTo(430);
        assertThat(window.opensBy(440)).isEqualTo(495);
    }
}
