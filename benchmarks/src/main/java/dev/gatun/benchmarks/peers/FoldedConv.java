package dev.gatun.benchmarks.peers;

import dev.gatun.graph.Kernel;
import dev.gatun.graph.Node;
import dev.gatun.spec.Shape;
import java.util.Arrays;
import java.util.function.Function;

/**
 * What a convolution of a fused graph computes with, for peers that are given folded weights.
 *
 * @param shape of the weights, [oc, ic / groups, kh, kw]
 * @param weights row-major
 * @param bias one for each output channel
 */
record FoldedConv(Shape shape, Values weights, Values bias) {
    /** Values that are read and not changed. */
    @FunctionalInterface
    interface Values {
        float[] get();
    }

    /** Folds the batch normalisation of {@code conv}, in double precision. */
    static FoldedConv of(Node.Conv conv, Function<String, float[]> parameters) {
        int ic = conv.ic() / conv.groups();
        Shape shape =
                Shape.of(conv.oc(), ic, conv.window().kernelH(), conv.window().kernelW());
        float[] weights = kernel(conv, parameters);
        String stored = conv.bias();
        float[] bias =
                stored == null ? new float[conv.oc()] : parameters.apply(stored).clone();
        Node.BatchNorm norm = conv.norm();
        if (norm != null) {
            float[] gamma = parameters.apply(norm.name() + ".weight");
            float[] beta = parameters.apply(norm.name() + ".bias");
            float[] mean = parameters.apply(norm.name() + ".running_mean");
            float[] variance = parameters.apply(norm.name() + ".running_var");
            int row = weights.length / conv.oc();
            for (int oc = 0; oc < conv.oc(); oc++) {
                double scale = gamma[oc] / Math.sqrt(variance[oc] + norm.epsilon());
                for (int i = oc * row; i < (oc + 1) * row; i++) {
                    weights[i] = (float) (weights[i] * scale);
                }
                bias[oc] = (float) (beta[oc] + (bias[oc] - mean[oc]) * scale);
            }
        }
        return new FoldedConv(shape, () -> weights, () -> bias);
    }

    private static float[] kernel(Node.Conv conv, Function<String, float[]> parameters) {
        return switch (conv.kernel()) {
            case Kernel.Stored(String tensor) -> parameters.apply(tensor).clone();
            case Kernel.ChannelEmbedding(int front) -> {
                float[] weights = new float[conv.oc() * conv.ic()];
                for (int i = 0; i < conv.ic(); i++) {
                    weights[(front + i) * conv.ic() + i] = 1;
                }
                yield weights;
            }
            case Kernel.Ones _ -> {
                float[] weights = new float[conv.oc()];
                Arrays.fill(weights, 1);
                yield weights;
            }
        };
    }
}
