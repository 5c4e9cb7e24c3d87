package dev.gatun.onnx;

import dev.gatun.weights.TensorInfo;
import dev.gatun.weights.WeightSource;
import java.util.Collections;
import java.util.Map;

/** What an ONNX file says of itself; its tensors are read as the parameters of the network. Has nothing to close. */
record OnnxWeights(String origin, Map<String, String> metadata) implements WeightSource {
    OnnxWeights {
        metadata = Collections.unmodifiableMap(metadata);
    }

    @Override
    public String container() {
        return "ONNX";
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Map.of();
    }

    @Override
    public float[] read(String name) {
        throw new IllegalArgumentException(origin + " has no tensor '" + name + "'");
    }

    @Override
    public void close() {}
}
