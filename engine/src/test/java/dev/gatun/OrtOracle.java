package dev.gatun;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * ONNX Runtime as a second opinion. It runs the operations as the model has them, with none of its own fusions. One thread at a
 * time; close it to free the native session.
 */
public final class OrtOracle implements AutoCloseable {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    private final OrtSession session;

    /**
     * What one output holds.
     *
     * @param values in row-major order
     * @param shape outermost first
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Output(float[] values, long[] shape) {}

    private OrtOracle(OrtSession session) {
        this.session = session;
    }

    /** Loads an ONNX model. */
    public static OrtOracle load(byte[] model) {
        return call(() -> {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
                return new OrtOracle(ENVIRONMENT.createSession(model, options));
            }
        });
    }

    /** The only output for images [n, c, h, w]. */
    public Output run(float[] src, long... shape) {
        SequencedMap<String, Output> outputs = runAll(src, shape);
        if (outputs.size() != 1) {
            throw new IllegalStateException("expected one output, found " + outputs.keySet());
        }
        return outputs.firstEntry().getValue();
    }

    /** All outputs by name, in the model's order, for images [n, c, h, w]. */
    public SequencedMap<String, Output> runAll(float[] src, long... shape) {
        return call(() -> {
            String input = session.getInputNames().iterator().next();
            SequencedMap<String, Output> outputs = new LinkedHashMap<>();
            try (OnnxTensor tensor = OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(src), shape);
                    OrtSession.Result result = session.run(Map.of(input, tensor))) {
                for (var entry : result) {
                    OnnxTensor output = (OnnxTensor) entry.getValue();
                    FloatBuffer buffer = output.getFloatBuffer();
                    float[] values = new float[buffer.remaining()];
                    buffer.get(values);
                    outputs.put(
                            entry.getKey(), new Output(values, output.getInfo().getShape()));
                }
            }
            return outputs;
        });
    }

    /** The declared extents of the inputs by name; a free one as its name, a fixed one as its number. */
    public Map<String, String> inputs() {
        return call(() -> described(session.getInputInfo()));
    }

    /** The declared extents of the outputs by name; a free one as its name, a fixed one as its number. */
    public Map<String, String> outputs() {
        return call(() -> described(session.getOutputInfo()));
    }

    /** What the model says of itself. */
    public ai.onnxruntime.OnnxModelMetadata metadata() {
        return call(session::getMetadata);
    }

    @Override
    public void close() {
        call(() -> {
            session.close();
            return this;
        });
    }

    private static Map<String, String> described(Map<String, NodeInfo> infos) {
        Map<String, String> described = new LinkedHashMap<>();
        infos.forEach((name, info) -> {
            TensorInfo tensor = (TensorInfo) info.getInfo();
            StringBuilder dims = new StringBuilder();
            for (int axis = 0; axis < tensor.getShape().length; axis++) {
                long extent = tensor.getShape()[axis];
                dims.append(axis == 0 ? "" : ", ")
                        .append(extent < 0 ? tensor.getDimensionNames()[axis] : String.valueOf(extent));
            }
            described.put(name, dims.toString());
        });
        return described;
    }

    private interface OrtCall<T> {
        T run() throws OrtException;
    }

    private static <T> T call(OrtCall<T> call) {
        try {
            return call.run();
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }
}
