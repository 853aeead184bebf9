package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Usage;
import org.junit.jupiter.api.Test;

/** Buckets that a client does not get to see, and that a bill needs. */
final class AnthropicUsageTest {
    @Test
    void everyFigureHasItsBucket() throws Exception {
        AnthropicUsage usage = new AnthropicUsage();

        usage.add(AnthropicBroker.json("""
                {"input_tokens":2048,"cache_read_input_tokens":1800,"cache_creation_input_tokens":248,"output_tokens":1,
                 "cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100}}"""));
        usage.add(AnthropicBroker.json("""
                {"output_tokens":503,"output_tokens_details":{"thinking_tokens":400},
                 "server_tool_use":{"web_search_requests":2}}"""));

        assertThat(usage.toUsage())
                .isEqualTo(new Usage.Builder()
                        .inFresh(2048)
                        .inCacheRead(1800)
                        .inCacheWrite5m(148)
                        .inCacheWrite1h(100)
                        .outText(103)
                        .outReasoning(400)
                        .webSearches(2)
                        .build());
    }

    /** An answer that names no lifetimes, as before there were two. */
    @Test
    void aWriteWithoutALifetimeIsOfTheUsualFiveMinutes() throws Exception {
        AnthropicUsage usage = new AnthropicUsage();

        usage.add(AnthropicBroker.json("{\"input_tokens\":1,\"cache_creation_input_tokens\":248,\"output_tokens\":1}"));

        assertThat(usage.toUsage().inCacheWrite5m()).isEqualTo(248);
        assertThat(usage.toUsage().inCacheWrite1h()).isZero();
    }
}
