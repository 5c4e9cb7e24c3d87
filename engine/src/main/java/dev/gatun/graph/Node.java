package dev.gatun.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operation with one result. Nodes refer to each other by name; a node with parameters is named as their common prefix in
 * torchvision's naming, so {@code layer1.0.conv1} owns {@code layer1.0.conv1.weight}.
 */
public sealed interface Node {
    /** Unique in its graph. */
    String name();

    /** Names of the nodes whose results this one reads. */
    List<String> sources();

    /** The same node, reading {@code rename.apply(source)} where it reads {@code source}. */
    Node withSources(UnaryOperator<String> rename);

    /**
     * The images, [n, channels, h, w].
     *
     * @param name of the node
     * @param channels of a pixel
     */
    record Input(String name, int channels) implements Node {
        @Override
        public List<String> sources() {
            return List.of();
        }

        @Override
        public Input withSources(UnaryOperator<String> rename) {
            return this;
        }
    }

    /**
     * A convolution, [n, ic, h, w] to [n, oc, oh, ow], with what passes have fused into it.
     *
     * @param name of the node
     * @param src name of the input
     * @param ic input channels
     * @param oc output channels
     * @param groups groups of channels, which divide both
     * @param window kernel, stride, padding and dilation
     * @param kernel where the weights come from
     * @param bias name of the bias parameter, or null
     * @param norm the batch normalisation folded into weights and bias, or null
     * @param epilogue what follows before the result is stored
     */
    record Conv(
            String name,
            String src,
            int ic,
            int oc,
            int groups,
            Window window,
            Kernel kernel,
            @Nullable String bias,
            @Nullable BatchNorm norm,
            Epilogue epilogue)
            implements Node {
        /** Checks channels and groups. */
        public Conv {
            if (ic < 1 || oc < 1) {
                throw new IllegalArgumentException(name + ": channels must be positive, found " + ic + " and " + oc);
            }
            if (groups < 1 || ic % groups != 0 || oc % groups != 0) {
                throw new IllegalArgumentException(
                        name + ": " + groups + " groups do not divide " + ic + " and " + oc + " channels");
            }
        }

        /** A convolution with stored weights and no bias, nothing fused into it. */
        public static Conv stored(String name, String src, int ic, int oc, int groups, Window window) {
            return new Conv(
                    name, src, ic, oc, groups, window, new Kernel.Stored(name + ".weight"), null, null, Epilogue.NONE);
        }

        /** What surrounds images with this many pixels of zeros: a depthwise 1x1 convolution with ones for weights, and padding. */
        public static Conv zeroPad(String name, String src, int channels, int pixels) {
            Window window = Window.square(1, 1, pixels);
            return new Conv(
                    name, src, channels, channels, channels, window, new Kernel.Ones(), null, null, Epilogue.NONE);
        }

        @Override
        public List<String> sources() {
            List<String> sources = new ArrayList<>(List.of(src));
            if (epilogue.residual() != null) {
                sources.add(epilogue.residual());
            }
            return sources;
        }

        /** The same convolution with the bias {@code name.bias}. */
        public Conv withBias() {
            return new Conv(name, src, ic, oc, groups, window, kernel, name + ".bias", norm, epilogue);
        }

        /** The same convolution with {@code norm} folded into it. */
        public Conv withNorm(BatchNorm norm) {
            return new Conv(name, src, ic, oc, groups, window, kernel, bias, norm, epilogue);
        }

        /** The same convolution with another epilogue. */
        public Conv withEpilogue(Epilogue epilogue) {
            return new Conv(name, src, ic, oc, groups, window, kernel, bias, norm, epilogue);
        }

        @Override
        public Conv withSources(UnaryOperator<String> rename) {
            String residual = epilogue.residual();
            Epilogue renamed = residual == null ? epilogue : epilogue.plus(rename.apply(residual));
            return new Conv(name, rename.apply(src), ic, oc, groups, window, kernel, bias, norm, renamed);
        }
    }

    /**
     * Inference-time batch normalisation: (x - mean) / sqrt(variance + epsilon) * weight + bias, for each channel.
     *
     * @param name of the node, prefix of weight, bias, running_mean and running_var
     * @param src name of the input
     * @param channels of the input
     * @param epsilon added to the variance
     */
    record BatchNorm(String name, String src, int channels, double epsilon) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public BatchNorm withSources(UnaryOperator<String> rename) {
            return new BatchNorm(name, rename.apply(src), channels, epsilon);
        }
    }

    /**
     * max(x, 0).
     *
     * @param name of the node
     * @param src name of the input
     */
    record Relu(String name, String src) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public Relu withSources(UnaryOperator<String> rename) {
            return new Relu(name, rename.apply(src));
        }
    }

    /**
     * The sum of two results of the same shape.
     *
     * @param name of the node
     * @param lhs name of one
     * @param rhs name of the other
     */
    record Add(String name, String lhs, String rhs) implements Node {
        @Override
        public List<String> sources() {
            return List.of(lhs, rhs);
        }

        @Override
        public Add withSources(UnaryOperator<String> rename) {
            return new Add(name, rename.apply(lhs), rename.apply(rhs));
        }
    }

    /**
     * Max pooling; padding never wins.
     *
     * @param name of the node
     * @param src name of the input
     * @param window kernel, stride and padding
     */
    record MaxPool(String name, String src, Window window) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public MaxPool withSources(UnaryOperator<String> rename) {
            return new MaxPool(name, rename.apply(src), window);
        }
    }

    /**
     * Average pooling.
     *
     * @param name of the node
     * @param src name of the input
     * @param window kernel, stride and padding; not dilated
     * @param countPadding whether padding counts as zeros in the mean (torch's default), or not at all (TensorFlow's)
     */
    record AveragePool(String name, String src, Window window, boolean countPadding) implements Node {
        /** Checks the window. */
        public AveragePool {
            if (window.dilation() != 1) {
                throw new IllegalArgumentException(name + ": average pooling cannot be dilated, found " + window);
            }
        }

        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public AveragePool withSources(UnaryOperator<String> rename) {
            return new AveragePool(name, rename.apply(src), window, countPadding);
        }
    }

    /**
     * The greatest value of all pixels, [n, c, h, w] to [n, c, 1, 1].
     *
     * @param name of the node
     * @param src name of the input
     */
    record GlobalMaxPool(String name, String src) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public GlobalMaxPool withSources(UnaryOperator<String> rename) {
            return new GlobalMaxPool(name, rename.apply(src));
        }
    }

    /**
     * The mean over all pixels, [n, c, h, w] to [n, c, 1, 1].
     *
     * @param name of the node
     * @param src name of the input
     */
    record GlobalAveragePool(String name, String src) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public GlobalAveragePool withSources(UnaryOperator<String> rename) {
            return new GlobalAveragePool(name, rename.apply(src));
        }
    }

    /**
     * A matrix product, [n, ic, 1, 1] to [n, oc], with stored weights and bias.
     *
     * @param name of the node, prefix of weight and bias
     * @param src name of the input
     * @param ic inputs
     * @param oc outputs
     */
    record InnerProduct(String name, String src, int ic, int oc) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public InnerProduct withSources(UnaryOperator<String> rename) {
            return new InnerProduct(name, rename.apply(src), ic, oc);
        }
    }

    /**
     * exp(x) over its sum, along the classes of [n, classes].
     *
     * @param name of the node
     * @param src name of the input
     */
    record Softmax(String name, String src) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public Softmax withSources(UnaryOperator<String> rename) {
            return new Softmax(name, rename.apply(src));
        }
    }

    /**
     * 1 / (1 + exp(-x)) of each value of [n, classes].
     *
     * @param name of the node
     * @param src name of the input
     */
    record Sigmoid(String name, String src) implements Node {
        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public Sigmoid withSources(UnaryOperator<String> rename) {
            return new Sigmoid(name, rename.apply(src));
        }
    }

    /**
     * The shortcut of option A: every {@code stride}-th pixel, and channels of zeros before and after.
     *
     * @param name of the node
     * @param src name of the input
     * @param ic input channels
     * @param oc output channels
     * @param stride step in both directions
     * @param front channels of zeros before the first; the rest follow the last
     */
    record ZeroPadShortcut(String name, String src, int ic, int oc, int stride, int front) implements Node {
        /** Checks the channels. */
        public ZeroPadShortcut {
            if (front < 0 || front + ic > oc) {
                throw new IllegalArgumentException(
                        name + ": " + ic + " channels do not fit into " + oc + " behind " + front);
            }
        }

        @Override
        public List<String> sources() {
            return List.of(src);
        }

        @Override
        public ZeroPadShortcut withSources(UnaryOperator<String> rename) {
            return new ZeroPadShortcut(name, rename.apply(src), ic, oc, stride, front);
        }
    }
}
