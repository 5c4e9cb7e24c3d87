package dev.gatun.graph;

import dev.gatun.onnx.OnnxWriter;
import dev.gatun.spec.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Evaluates a graph by its definition: direct loops in double precision, nothing shared with the engine. It takes graphs as built
 * and as fused, which makes it the oracle of the passes; it is meant for small networks.
 */
public final class NaiveGraph {
    private final OnnxWriter.Values parameters;
    private final Map<String, Shape> shapes;
    private final Map<String, double[]> results = new LinkedHashMap<>();

    private NaiveGraph(OnnxWriter.Values parameters, Map<String, Shape> shapes) {
        this.parameters = parameters;
        this.shapes = shapes;
    }

    /** The outputs of {@code graph}, in their order, for images [n, channels, height, width]. */
    public static List<double[]> run(
            Graph graph, OnnxWriter.Values parameters, float[] images, int n, int height, int width) {
        NaiveGraph naive = new NaiveGraph(parameters, graph.shapes(n, height, width));
        double[] input = new double[images.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = images[i];
        }
        naive.results.put(graph.input().name(), input);
        graph.nodes().stream().skip(1).forEach(node -> naive.results.put(node.name(), naive.evaluate(node)));
        return graph.outputs().stream().map(naive::result).toList();
    }

    private double[] evaluate(Node node) {
        return switch (node) {
            case Node.Input _ -> throw new AssertionError("a second input");
            case Node.Conv conv -> conv(conv);
            case Node.BatchNorm norm -> batchNorm(norm);
            case Node.Relu relu -> relu(result(relu.src()).clone());
            case Node.Add add -> add(result(add.lhs()).clone(), result(add.rhs()));
            case Node.MaxPool pool -> pool(pool, pool.src(), pool.window(), Reduction.MAX);
            case Node.AveragePool pool ->
                pool(
                        pool,
                        pool.src(),
                        pool.window(),
                        pool.countPadding() ? Reduction.MEAN_WITH_PADDING : Reduction.MEAN);
            case Node.GlobalMaxPool pool -> pool(pool, pool.src(), whole(pool.src()), Reduction.MAX);
            case Node.GlobalAveragePool pool -> globalAveragePool(pool);
            case Node.InnerProduct product -> innerProduct(product);
            case Node.Softmax softmax -> softmax(softmax);
            case Node.Sigmoid sigmoid -> sigmoid(result(sigmoid.src()).clone());
            case Node.ZeroPadShortcut pad -> zeroPad(pad);
        };
    }

    private double[] conv(Node.Conv conv) {
        Window window = conv.window();
        Shape src = shape(conv.src());
        Shape dst = shape(conv.name());
        int ih = src.intDim(2);
        int iw = src.intDim(3);
        int oh = dst.intDim(2);
        int ow = dst.intDim(3);
        int icPerGroup = conv.ic() / conv.groups();
        int ocPerGroup = conv.oc() / conv.groups();
        double[] x = result(conv.src());
        double[] w = weights(conv);
        double[] scale = new double[conv.oc()];
        double[] shift = new double[conv.oc()];
        scaleAndShift(conv, scale, shift);
        double[] y = new double[Math.toIntExact(dst.elements())];
        int at = 0;
        for (int n = 0; n < dst.intDim(0); n++) {
            for (int oc = 0; oc < conv.oc(); oc++) {
                int firstIc = oc / ocPerGroup * icPerGroup;
                for (int oy = 0; oy < oh; oy++) {
                    for (int ox = 0; ox < ow; ox++) {
                        double sum = 0;
                        for (int ic = 0; ic < icPerGroup; ic++) {
                            int plane = (n * conv.ic() + firstIc + ic) * ih;
                            for (int ky = 0; ky < window.kernelH(); ky++) {
                                int iy = oy * window.strideH() - window.padTop() + ky * window.dilation();
                                if (iy < 0 || iy >= ih) {
                                    continue;
                                }
                                int tap = ((oc * icPerGroup + ic) * window.kernelH() + ky) * window.kernelW();
                                for (int kx = 0; kx < window.kernelW(); kx++) {
                                    int ix = ox * window.strideW() - window.padLeft() + kx * window.dilation();
                                    if (ix >= 0 && ix < iw) {
                                        sum += x[(plane + iy) * iw + ix] * w[tap + kx];
                                    }
                                }
                            }
                        }
                        y[at++] = sum * scale[oc] + shift[oc];
                    }
                }
            }
        }
        String residual = conv.epilogue().residual();
        if (residual != null) {
            add(y, result(residual));
        }
        return conv.epilogue().relu() ? relu(y) : y;
    }

    private double[] weights(Node.Conv conv) {
        return switch (conv.kernel()) {
            case Kernel.Stored(String tensor) -> parameter(tensor);
            case Kernel.ChannelEmbedding(int front) -> {
                double[] w = new double[conv.oc() * conv.ic()];
                for (int ic = 0; ic < conv.ic(); ic++) {
                    w[(front + ic) * conv.ic() + ic] = 1;
                }
                yield w;
            }
            case Kernel.Ones _ -> {
                Window window = conv.window();
                double[] w = new double[conv.oc() * conv.ic() / conv.groups() * window.kernelH() * window.kernelW()];
                Arrays.fill(w, 1);
                yield w;
            }
        };
    }

    /** What the sums are multiplied by and what is added then, by bias and folded batch normalisation. */
    private void scaleAndShift(Node.Conv conv, double[] scale, double[] shift) {
        double[] bias = conv.bias() == null ? new double[conv.oc()] : parameter(conv.bias());
        Node.BatchNorm norm = conv.norm();
        for (int c = 0; c < conv.oc(); c++) {
            scale[c] = 1;
            shift[c] = bias[c];
        }
        if (norm == null) {
            return;
        }
        double[] weight = parameter(norm.name() + ".weight");
        double[] beta = parameter(norm.name() + ".bias");
        double[] mean = parameter(norm.name() + ".running_mean");
        double[] variance = parameter(norm.name() + ".running_var");
        for (int c = 0; c < conv.oc(); c++) {
            scale[c] = weight[c] / Math.sqrt(variance[c] + norm.epsilon());
            shift[c] = beta[c] + (bias[c] - mean[c]) * scale[c];
        }
    }

    private double[] batchNorm(Node.BatchNorm norm) {
        double[] weight = parameter(norm.name() + ".weight");
        double[] bias = parameter(norm.name() + ".bias");
        double[] mean = parameter(norm.name() + ".running_mean");
        double[] variance = parameter(norm.name() + ".running_var");
        double[] y = result(norm.src()).clone();
        int pixels = pixels(norm.src());
        for (int i = 0; i < y.length; i++) {
            int c = i / pixels % norm.channels();
            y[i] = (y[i] - mean[c]) / Math.sqrt(variance[c] + norm.epsilon()) * weight[c] + bias[c];
        }
        return y;
    }

    private enum Reduction {
        MAX,
        MEAN,
        MEAN_WITH_PADDING
    }

    private Window whole(String name) {
        return new Window(shape(name).intDim(2), shape(name).intDim(3), 1, 1, 0, 0, 0, 0, 1);
    }

    private double[] pool(Node pool, String name, Window window, Reduction reduction) {
        Shape src = shape(name);
        Shape dst = shape(pool.name());
        int ih = src.intDim(2);
        int iw = src.intDim(3);
        double[] x = result(name);
        double[] y = new double[Math.toIntExact(dst.elements())];
        int at = 0;
        for (int plane = 0; plane < dst.dim(0) * dst.dim(1); plane++) {
            for (int oy = 0; oy < dst.dim(2); oy++) {
                for (int ox = 0; ox < dst.dim(3); ox++) {
                    double max = Double.NEGATIVE_INFINITY;
                    double sum = 0;
                    int inside = 0;
                    for (int ky = 0; ky < window.kernelH(); ky++) {
                        int iy = oy * window.strideH() - window.padTop() + ky * window.dilation();
                        for (int kx = 0; kx < window.kernelW(); kx++) {
                            int ix = ox * window.strideW() - window.padLeft() + kx * window.dilation();
                            if (iy >= 0 && iy < ih && ix >= 0 && ix < iw) {
                                double value = x[(plane * ih + iy) * iw + ix];
                                max = Math.max(max, value);
                                sum += value;
                                inside++;
                            }
                        }
                    }
                    y[at++] = switch (reduction) {
                        case MAX -> max;
                        case MEAN -> sum / inside;
                        case MEAN_WITH_PADDING -> sum / (window.kernelH() * window.kernelW());
                    };
                }
            }
        }
        return y;
    }

    private double[] globalAveragePool(Node.GlobalAveragePool pool) {
        double[] x = result(pool.src());
        int pixels = pixels(pool.src());
        double[] y = new double[x.length / pixels];
        for (int i = 0; i < x.length; i++) {
            y[i / pixels] += x[i] / pixels;
        }
        return y;
    }

    private double[] innerProduct(Node.InnerProduct product) {
        double[] x = result(product.src());
        double[] weight = parameter(product.name() + ".weight");
        double[] bias = parameter(product.name() + ".bias");
        double[] y = new double[x.length / product.ic() * product.oc()];
        for (int i = 0; i < y.length; i++) {
            int row = i / product.oc();
            int oc = i % product.oc();
            y[i] = bias[oc];
            for (int ic = 0; ic < product.ic(); ic++) {
                y[i] += x[row * product.ic() + ic] * weight[oc * product.ic() + ic];
            }
        }
        return y;
    }

    private double[] softmax(Node.Softmax softmax) {
        double[] y = result(softmax.src()).clone();
        int classes = shape(softmax.src()).intDim(1);
        for (int row = 0; row < y.length; row += classes) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = row; i < row + classes; i++) {
                max = Math.max(max, y[i]);
            }
            double sum = 0;
            for (int i = row; i < row + classes; i++) {
                y[i] = Math.exp(y[i] - max);
                sum += y[i];
            }
            for (int i = row; i < row + classes; i++) {
                y[i] /= sum;
            }
        }
        return y;
    }

    private static double[] sigmoid(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 / (1 + Math.exp(-values[i]));
        }
        return values;
    }

    private double[] zeroPad(Node.ZeroPadShortcut pad) {
        Shape src = shape(pad.src());
        Shape dst = shape(pad.name());
        double[] x = result(pad.src());
        double[] y = new double[Math.toIntExact(dst.elements())];
        int oh = dst.intDim(2);
        int ow = dst.intDim(3);
        for (int n = 0; n < dst.dim(0); n++) {
            for (int c = 0; c < pad.ic(); c++) {
                for (int oy = 0; oy < oh; oy++) {
                    for (int ox = 0; ox < ow; ox++) {
                        int row = (n * pad.ic() + c) * src.intDim(2) + oy * pad.stride();
                        y[((n * pad.oc() + pad.front() + c) * oh + oy) * ow + ox] =
                                x[row * src.intDim(3) + ox * pad.stride()];
                    }
                }
            }
        }
        return y;
    }

    private static double[] relu(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
        return values;
    }

    private static double[] add(double[] values, double[] others) {
        for (int i = 0; i < values.length; i++) {
            values[i] += others[i];
        }
        return values;
    }

    private double[] parameter(String name) {
        float[] floats = parameters.get(name);
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    private int pixels(String name) {
        return Math.toIntExact(shape(name).dim(2) * shape(name).dim(3));
    }

    private Shape shape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new AssertionError("no node is named " + name);
        }
        return shape;
    }

    private double[] result(String name) {
        double[] result = results.get(name);
        if (result == null) {
            throw new AssertionError(name + " has not been computed");
        }
        return result;
    }
}
