package io.serai.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UsageTest {
    private static final Usage REPORTED = new Usage.Builder()
            .inFresh(100)
            .inCacheRead(50)
            .outText(1)
            .outReasoning(4)
            .build();

    /**
     * Vendors' own figures, in their own words. In turn: OpenAI, chat completion object; OpenAI with audio; OpenRouter, prompt
     * caching; DeepSeek, chat completion object; DeepSeek with thinking; xAI, reasoning and prompt caching; a part above its whole.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920},"completion_tokens_details":{"reasoning_tokens":200}} | 86 1920 0 0 100 200 0
            {"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":10,"audio_tokens":30},"completion_tokens_details":{"audio_tokens":20,"reasoning_tokens":5}} | 60 10 0 30 25 5 20
            {"prompt_tokens":10339,"completion_tokens":60,"total_tokens":10399,"prompt_tokens_details":{"cached_tokens":10000,"cache_write_tokens":300}} | 39 10000 300 0 60 0 0
            {"prompt_tokens":339,"completion_tokens":83,"total_tokens":422,"prompt_cache_hit_tokens":320,"prompt_cache_miss_tokens":19} | 19 320 0 0 83 0 0
            {"prompt_tokens":18,"completion_tokens":219,"total_tokens":237,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":205},"prompt_cache_hit_tokens":0,"prompt_cache_miss_tokens":18} | 18 0 0 0 14 205 0
            {"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"prompt_tokens_details":{"text_tokens":32,"cached_tokens":6},"completion_tokens_details":{"reasoning_tokens":94}} | 26 6 0 0 9 94 0
            {"prompt_tokens":125,"completion_tokens":4,"total_tokens":129,"prompt_tokens_details":{"text_tokens":125,"cached_tokens":140,"cache_write_tokens":3},"completion_tokens_details":{"reasoning_tokens":6}} | 0 125 0 0 0 4 0
            """)
    void openAisFiguresAreTakenApart(String reported, String buckets) throws IOException {
        Usage usage = Usage.ofOpenAi(new ObjectMapper().readTree(reported));

        assertThat(usage.inFresh() + " " + usage.inCacheRead() + " " + usage.inCacheWrite5m() + " " + usage.inAudio()
                        + " " + usage.outText() + " " + usage.outReasoning() + " " + usage.outAudio())
                .isEqualTo(buckets);
    }

    @Test
    void outwardsThePromptIsAllOfTheInput() throws IOException {
        Usage usage = new Usage.Builder()
                .inFresh(1)
                .inCacheRead(20)
                .inCacheWrite5m(300)
                .inCacheWrite1h(4000)
                .inAudio(50000)
                .inImage(600000)
                .outText(7)
                .outReasoning(80)
                .outAudio(900)
                .outImage(1000)
                .build();

        assertThat(new ObjectMapper().readTree(usage.toOpenAi().toString()))
                .isEqualTo(new ObjectMapper().readTree("""
                {"prompt_tokens":654321,"completion_tokens":1987,"total_tokens":656308,
                 "prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":4300,"audio_tokens":50000},
                 "completion_tokens_details":{"reasoning_tokens":80,"audio_tokens":900}}"""));
    }

    @Test
    void aCutStreamKeepsItsInputAndCountsTheOutputThatWasSeen() {
        assertThat(REPORTED.cutShort(80))
                .isEqualTo(new Usage.Builder()
                        .inFresh(100)
                        .inCacheRead(50)
                        .outText(16)
                        .outReasoning(4)
                        .estimated()
                        .build());
    }

    @Test
    void aCutStreamNeverCostsLessThanWasReported() {
        assertThat(REPORTED.cutShort(4))
                .isEqualTo(REPORTED.plus(new Usage.Builder().estimated().build()));
    }

    @Test
    void theDividedPartsAddUpToTheWhole() {
        Usage whole = new Usage.Builder()
                .inFresh(10)
                .inCacheRead(7)
                .outText(1)
                .outReasoning(2)
                .estimated()
                .build();
        for (long[] weights : new long[][] {{1}, {1, 1, 1}, {0, 0}, {5, 0, 3}, {Long.MAX_VALUE / 4, 1, 1}}) {
            assertThat(whole.divided(weights)).hasSize(weights.length);
            assertThat(whole.divided(weights).stream().reduce(Usage.NONE, Usage::plus))
                    .isEqualTo(whole);
        }
        assertThat(whole.divided(new long[] {3, 1}).get(0).inFresh()).isEqualTo(8);
    }
}
