package io.serai.provider.local;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Attempt;
import io.serai.embedding.NoEmbeddingsException;
import io.serai.embedding.Sentences;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Makes the vectors that an embeddings request asks for, and leaves them as an HTTP provider would: a status and a body. */
public final class EmbedTexts implements Processor {
    /** The status for a machine that can't run the model. */
    static final int NEVER = 501;

    private static final int NOT_NOW = 503;

    private final Sentences sentences;

    public EmbedTexts(Sentences sentences) {
        this.sentences = sentences;
    }

    /** @throws InterruptedException when the client leaves meanwhile */
    @Override
    public void process(Exchange exchange) throws InterruptedException {
        JsonNode input = Attempt.of(exchange).body().path("input");
        List<String> texts = new ArrayList<>(Math.max(1, input.size()));
        if (input.isArray()) {
            input.forEach(text -> texts.add(text.asText()));
        } else {
            texts.add(input.asText());
        }
        try {
            answer(exchange, 200, bytes(sentences.embed(texts)));
        } catch (NoEmbeddingsException e) {
            byte[] message = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
            answer(exchange, e.passing() ? NOT_NOW : NEVER, message);
        }
    }

    private static void answer(Exchange exchange, int status, byte[] body) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(body);
    }

    private static byte[] bytes(Sentences.Embedded made) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + made.vectors().size() * Sentences.DIMENSIONS * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(made.tokens());
        for (float[] vector : made.vectors()) {
            for (float value : vector) {
                bytes.putFloat(value);
            }
        }
        return bytes.array();
    }
}
