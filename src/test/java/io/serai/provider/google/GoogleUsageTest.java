package io.serai.provider.google;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Usage;
import org.junit.jupiter.api.Test;

/** Buckets that a client does not get to see (https://ai.google.dev/api/generate-content#UsageMetadata), and that a bill needs. */
final class GoogleUsageTest {
    @Test
    void everyFigureHasItsBucket() throws Exception {
        Usage usage = GoogleUsage.of(new ObjectMapper().readTree("""
                {"promptTokenCount":1000,"cachedContentTokenCount":400,"candidatesTokenCount":100,"thoughtsTokenCount":30,
                 "toolUsePromptTokenCount":7,"totalTokenCount":1137,
                 "promptTokensDetails":[{"modality":"TEXT","tokenCount":500},{"modality":"AUDIO","tokenCount":200},
                   {"modality":"IMAGE","tokenCount":300}],
                 "cacheTokensDetails":[{"modality":"TEXT","tokenCount":300},{"modality":"IMAGE","tokenCount":100}],
                 "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":10},{"modality":"AUDIO","tokenCount":20},
                   {"modality":"IMAGE","tokenCount":70}]}"""), 3);

        assertThat(usage)
                .isEqualTo(new Usage.Builder()
                        .inFresh(207)
                        .inCacheRead(400)
                        .inAudio(200)
                        .inImage(200)
                        .outText(10)
                        .outAudio(20)
                        .outImage(70)
                        .outReasoning(30)
                        .webSearches(3)
                        .build());
    }
}
