package dev.gatun.plan;

import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Weights and bias of a convolution with its batch normalisation folded in, computed in double precision and rounded to f32; or those of
 * an inner product. Arrays are its own: do not write to them.
 */
public final class FoldedWeights {
    private final float[] weights;
    private final float[] bias;

    /**
     * Takes arrays over.
     *
     * @param weights [oc, ic / groups, kh, kw] or [oc, ic], row-major
     * @param bias [oc]
     */
    public FoldedWeights(float[] weights, float[] bias) {
        this.weights = weights;
        this.bias = bias;
    }

    /** [oc, ic / groups, kh, kw] or [oc, ic], row-major. */
    public float[] weights() {
        return weights;
    }

    /** [oc]. */
    public float[] bias() {
        return bias;
    }

    /**
     * Folds what has been fused into {@code conv}.
     *
     * @param values row-major values by the names of {@link dev.gatun.graph.Graph#parameters()}
     * @throws IllegalArgumentException naming the batch normalisation if it has a channel without a finite scale
     */
    public static FoldedWeights of(Node.Conv conv, Function<String, float[]> values) {
        int perChannel = conv.ic()
                / conv.groups()
                * conv.window().kernelH()
                * conv.window().kernelW();
        float[] weights = switch (conv.kernel()) {
            case Kernel.Stored(String tensor) -> values.apply(tensor).clone();
            case Kernel.ChannelEmbedding(int front) -> embedding(conv.ic(), conv.oc(), front);
            case Kernel.Ones _ -> ones(conv.oc() * perChannel);
        };
        float[] bias = conv.bias() == null
                ? new float[conv.oc()]
                : values.apply(conv.bias()).clone();
        Node.BatchNorm norm = conv.norm();
        if (norm != null) {
            float[] gamma = values.apply(norm.name() + ".weight");
            float[] beta = values.apply(norm.name() + ".bias");
            float[] mean = values.apply(norm.name() + ".running_mean");
            float[] variance = values.apply(norm.name() + ".running_var");
            for (int c = 0; c < conv.oc(); c++) {
                double scale = gamma[c] / Math.sqrt(variance[c] + norm.epsilon());
                if (!Double.isFinite(scale)) {
                    throw new IllegalArgumentException(norm.name() + ": channel " + c + " has weight " + gamma[c]
                            + " and running_var " + variance[c] + ", which normalise to " + scale);
                }
                for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                    weights[i] = (float) (weights[i] * scale);
                }
                bias[c] = (float) (beta[c] + (bias[c] - mean[c]) * scale);
            }
        }
        return new FoldedWeights(weights, bias);
    }

    private static float[] ones(int count) {
        float[] weights = new float[count];
        Arrays.fill(weights, 1);
        return weights;
    }

    private static float[] embedding(int ic, int oc, int front) {
        float[] weights = new float[ic * oc];
        for (int i = 0; i < ic; i++) {
            weights[(front + i) * ic + i] = 1;
        }
        return weights;
    }
}
