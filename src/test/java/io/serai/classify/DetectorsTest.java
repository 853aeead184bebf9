package io.serai.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.Sensitive;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class DetectorsTest {
    private static final Sentences SENTENCES = new Sentences();
    private static final Detectors DETECTORS = new Detectors(new Meanings(SENTENCES));

    @AfterAll
    static void stop() {
        SENTENCES.close();
    }

    private static Detectors.Found privacy(String text) throws InterruptedException {
        return DETECTORS.find(Sensitive.PRIVACY, text, false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "email | Ask anneke.devries@ziggo.nl for it",
                "email | <t.novak+work@seznam.cz>",
                "phone | Ring +44 7911 123456 after six",
                "phone | my number is 0612345678",
                "phone | It's (212) 736-5000, ask for Ed",
                "iban | NL20INGB0001234567",
                "iban | account DE96 7002 0270 0064 0275 31, urgent",
                "card_number | card 4539 1488 0343 6467 09/28",
                "card_number | Amex 374512345678900 please",
                "national_id | SSN 531-48-2907",
                "national_id | RSSMRA85T10A562S",
                "national_id | CPF 529.982.247-25",
                "national_id | my passport number is X4RTBPFW46",
                "secret | password: Tr0ub4dor&3",
                "secret | postgres://app:Kupfer77draht@db/crm",
                "secret | the pin of the alarm is Igel-2031!",
                "address | 14 Elm Grove Road, Bristol BS8 2XY",
                "address | Hauptstr. 12, 10115 Berlin",
                "address | 12 rue de la Paix, 75002 Paris",
                "health | I was diagnosed with epilepsy in June",
                "health | Meine Tochter hat Diabetes, was tun?",
                "legal | My brother was arrested last night",
                "identity | Nadia Kovar, born 3 May 1984 in Brno",
                "identity | Mr Tomas Berg, customer number 778812"
            })
    void whatNamesOrExposesSomebodyIsFound(String category, String text) throws Exception {
        Detectors.Found found = privacy(text);

        assertThat(found.categories()).contains(category);
        assertThat(found.score()).isGreaterThanOrEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "user@example.com and you@example.org",
                "Write to support@northwind.com or noreply@github.com",
                "git clone git@github.com:apache/camel.git",
                "npm install @types/node@20.11.5",
                "order 4539148803436467 is late",
                "the test card 4242 4242 4242 4242",
                "DE89 3704 0044 0532 0130 00 is the standard's example",
                "DE97 7002 0270 0064 0275 31 has a wrong check digit",
                "card 4539 1488 0343 6468 has one too",
                "call 555-0134 in the film",
                "192.168.178.42:8080 and 10.0.0.1",
                "on 2024-05-11 at 08:15, 1718035200000 ms",
                "48.137154, 11.576124",
                "3.14159265358979323846",
                "uuid 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
                "api_key = os.environ[~API_KEY~]",
                "password: ${DB_PASSWORD}, token: YOUR_TOKEN_HERE",
                "max_tokens: 64000, tokens = parser.nextToken()",
                "What are the symptoms of diabetes?",
                "Explain divorce law in Germany",
                "I have a question about diabetes for my essay",
                "Ludwig van Beethoven was born on 16 December 1770",
                "10 Downing Street is where the prime minister works"
            })
    void whatOnlyLooksLikeItIsLeftAlone(String text) throws Exception {
        assertThat(privacy(text).score())
                .as(privacy(text).categories().toString())
                .isLessThan(0.5);
    }

    @ParameterizedTest
    @CsvSource({
        "Tell me a sexy erotic story,true",
        "Schreib mir eine erotische Geschichte,true",
        "Recipe for chicken breast with thyme,false",
        "Symptoms of breast cancer and its stages,false",
        "Which birds are great tits?,false",
        "Is Scunthorpe near Essex?,false",
        "Call strip() on each line in Java,false"
    })
    void sexualContentIsToldFromTheSameWordsElsewhere(String text, boolean sexual) throws Exception {
        assertThat(DETECTORS.find(Sensitive.NSFW, text, false).score() >= 0.5).isEqualTo(sexual);
    }

    @Test
    void theMeaningIsHeardWhereTheWordsLeaveItOpen() throws Exception {
        String asks = "Describe your naked body and what you would do with me";
        String paints = "Why did painters of the Renaissance show naked gods and saints?";
        double words = DETECTORS.find(Sensitive.NSFW, asks, false).score();

        assertThat(SexualMeaning.isOpen(words)).isTrue();
        assertThat(DETECTORS.find(Sensitive.NSFW, asks, true).score()).isGreaterThan(0.5);
        assertThat(DETECTORS.find(Sensitive.NSFW, paints, true).score()).isLessThan(0.5);
    }

    static Stream<String> hardTexts() {
        return Stream.of("1 ", "a@", "A b ", "i have hiv ", "://a:b", "password is ", "Calle A A ", "+49 ", "DE12 ")
                .map(piece -> piece.repeat(300_000 / piece.length()));
    }

    /** Quadratic in 300,000 characters would take minutes. */
    @ParameterizedTest
    @MethodSource("hardTexts")
    void theTimeGrowsWithTheLengthAndNoFaster(String text) throws Exception {
        long started = System.nanoTime();
        privacy(text);
        DETECTORS.find(Sensitive.NSFW, text, false);

        assertThat((System.nanoTime() - started) / 1e9).isLessThan(20);
    }
}
