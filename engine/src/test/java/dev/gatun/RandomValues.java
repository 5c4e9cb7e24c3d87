package dev.gatun;

import dev.gatun.graph.Graph;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.spec.TensorSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random parameters of a graph, the same for the same seed, made anew at each request. Activations neither vanish nor overflow in
 * networks of any depth: batch normalisations scale by much less than 1, so each block adds little to what passes it.
 */
public final class RandomValues implements OnnxWriter.Values {
    private final Map<String, TensorSpec> parameters = new LinkedHashMap<>();
    private final long seed;

    /** The parameters of {@code graph}. */
    public RandomValues(Graph graph, long seed) {
        graph.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
        this.seed = seed;
    }

    @Override
    public float[] get(String tensorName) {
        TensorSpec parameter = parameters.get(tensorName);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter is named " + tensorName);
        }
        int count = Math.toIntExact(parameter.shape().elements());
        int fanIn = count / parameter.shape().intDim(0);
        long own = seed * 31 + tensorName.hashCode();
        return switch (parameter.role()) {
            // He et al. 2015: variance 2 / fan-in keeps the second moment through ReLU
            case CONV_WEIGHT -> uniform(own, count, -Math.sqrt(6.0 / fanIn), Math.sqrt(6.0 / fanIn));
            case INNER_PRODUCT_WEIGHT -> uniform(own, count, -1.0 / Math.sqrt(fanIn), 1.0 / Math.sqrt(fanIn));
            case CONV_BIAS, INNER_PRODUCT_BIAS, BN_BIAS, BN_MEAN -> uniform(own, count, -0.2, 0.2);
            case BN_WEIGHT -> uniform(own, count, 0.2, 0.6);
            case BN_VARIANCE -> uniform(own, count, 0.5, 1.5);
        };
    }

    /** Values evenly spread over [low, high). */
    public static float[] uniform(long seed, int count, double low, double high) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (low + (high - low) * 0x1p-32 * (random.nextInt() + 0x1p31));
        }
        return values;
    }
}
