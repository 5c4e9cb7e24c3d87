package dev.gatun.onnx;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.image.Normalization;
import dev.gatun.plan.QuantizedLayer;
import dev.gatun.quantize.QuantizedNetwork;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a quantised network as an ONNX model of opset 17 with QuantizeLinear and DequantizeLinear (QDQ), which runtimes fuse into int8
 * operations: u8 activations, s8 weights with a scale for each output channel, s32 biases. Names, inputs and outputs are those of
 * {@link OnnxWriter}: normalised f32 images in, f32 logits out.
 *
 * <p>It is the same network with two roundings more, for such runtimes have no fused addition and no folded normalisation: the sums that residuals are
 * added to are rounded to 8 bits, and so are the normalised images if the stem computes in int8, whose weights then have a scale for each output
 * channel only.
 */
public final class QdqWriter {
    private static final int LEVELS = 255;
    private static final int SIGNED_ZERO = 128;
    private static final int SIGNED_LEVELS = 127;

    private final QuantizedNetwork network;
    private final Graph graph;
    private final QdqNodes.Grid images;
    private final Map<String, QdqNodes.Grid> grids = new HashMap<>();
    private final Map<String, QuantizedLayer> layers = new HashMap<>();
    private final List<Protobuf> initializers = new ArrayList<>();

    private QdqWriter(QuantizedNetwork network, Normalization normalization) {
        this.network = network;
        this.graph = network.graph();
        this.images = imageGrid(normalization);
    }

    /**
     * Writes the model to a stream, which is flushed and left open.
     *
     * @param name of the model
     * @param normalization of its images
     * @throws IllegalArgumentException if the model takes 2 GiB or more; nothing has been written then
     * @throws IOException if the stream cannot be written
     */
    public static void write(QuantizedNetwork network, String name, Normalization normalization, OutputStream out)
            throws IOException {
        OnnxWriter.write(model(network, name, normalization), out);
    }

    /**
     * Writes the model to a file, which appears or is replaced when it is complete.
     *
     * @param name of the model
     * @param normalization of its images
     * @throws IllegalArgumentException if the model takes 2 GiB or more; nothing has been written then
     * @throws IOException if the file cannot be written
     */
    public static void write(QuantizedNetwork network, String name, Normalization normalization, Path out)
            throws IOException {
        OnnxWriter.write(model(network, name, normalization), out);
    }

    /** The model in memory. */
    public static byte[] toBytes(QuantizedNetwork network, String name, Normalization normalization) {
        return OnnxWriter.toBytes(model(network, name, normalization));
    }

    private static Protobuf model(QuantizedNetwork network, String name, Normalization normalization) {
        Protobuf model = new QdqWriter(network, normalization).build(name);
        OnnxWriter.checkSize(name, model);
        return model;
    }

    private Protobuf build(String name) {
        layers.putAll(network.quantization().layers());
        Set<String> signed = network.signed();
        network.quantization()
                .scales()
                .forEach((value, scale) ->
                        grids.put(value, new QdqNodes.Grid(scale, signed.contains(value) ? SIGNED_ZERO : 0)));
        for (Node node : graph.nodes()) {
            stepGrids(node);
        }
        QdqNodes nodes = new QdqNodes(graph, grids);
        if (network.quantization().stem()) {
            nodes.roundImages(graph.input(), images);
        }
        for (TensorSpec parameter : graph.parameters()) {
            parameter(parameter, nodes);
        }
        nodes.addAll();
        initializers.addAll(nodes.constants());
        return OnnxModel.assemble(graph, name, "int8 (QDQ)", nodes.nodes(), initializers);
    }

    /** The grid of normalised images: just as wide as 0 to 255 become, and 0 is on it, for padding is 0. */
    private static QdqNodes.Grid imageGrid(Normalization normalization) {
        float low = 0;
        float high = 0;
        for (int c = 0; c < normalization.mean().size(); c++) {
            low = Math.min(low, normalization.apply(0, c));
            high = Math.max(high, normalization.apply(LEVELS, c));
        }
        float scale = (high - low) / LEVELS;
        return new QdqNodes.Grid(scale, Math.round(-low / scale));
    }

    /** Grids of what a node becomes several operations for, and the int8 weights of stems. */
    private void stepGrids(Node node) {
        String name = node.name();
        if (node instanceof Node.Conv conv) {
            boolean stem = conv.src().equals(graph.input().name());
            if (stem && network.quantization().stem()) {
                layers.put(name, stem(name));
            }
            Float sum = network.sums().get(name);
            if (conv.epilogue().residual() != null && grids.containsKey(name) && sum != null && sum > 0) {
                grids.put(name + "/branch", new QdqNodes.Grid(sum / SIGNED_LEVELS, SIGNED_ZERO));
            }
            QdqNodes.Grid src = stem ? images : grids.get(conv.src());
            if (layers.containsKey(name) && (src == null || !biasFits(name, src))) {
                layers.remove(name);
            }
        } else if (node instanceof Node.InnerProduct product && grids.containsKey(product.src())) {
            grids.put(name + "/flatten", Objects.requireNonNull(grids.get(product.src())));
        }
    }

    private QuantizedLayer stem(String name) {
        float[] weights = network.parameter(name + ".weight");
        float[] bias = network.parameter(name + ".bias");
        int perChannel = weights.length / bias.length;
        byte[] rounded = new byte[weights.length];
        float[] scales = new float[bias.length];
        for (int oc = 0; oc < bias.length; oc++) {
            float largest = 0;
            for (int i = oc * perChannel; i < (oc + 1) * perChannel; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            scales[oc] = largest > 0 ? largest / SIGNED_LEVELS : 1;
            for (int i = oc * perChannel; i < (oc + 1) * perChannel; i++) {
                rounded[i] = (byte) Math.rint(weights[i] / scales[oc]);
            }
        }
        return new QuantizedLayer(rounded, scales, bias);
    }

    private boolean biasFits(String name, QdqNodes.Grid src) {
        QuantizedLayer layer = Objects.requireNonNull(layers.get(name));
        float[] bias = layer.bias();
        float[] scales = layer.scales();
        for (int oc = 0; oc < bias.length; oc++) {
            double q = bias[oc] / ((double) src.scale() * scales[oc]);
            if (Math.abs(q) > Integer.MAX_VALUE) {
                return false;
            }
        }
        return true;
    }

    private void parameter(TensorSpec parameter, QdqNodes nodes) {
        String name = parameter.name();
        String node = name.substring(0, name.lastIndexOf('.'));
        QuantizedLayer layer = layers.get(node);
        if (layer == null) {
            initializers.add(OnnxModel.floats(name, parameter.shape(), () -> network.parameter(name)));
            return;
        }
        boolean bias = name.endsWith(".bias");
        float[] scales = bias ? biasScales(node, layer) : layer.scales();
        String constant = nodes.claim(name + "/q");
        String scale = nodes.claim(name + "/scale");
        initializers.add(OnnxModel.floats(scale, Shape.of(scales.length), () -> scales));
        if (bias) {
            float[] real = layer.bias();
            int[] rounded = new int[real.length];
            for (int oc = 0; oc < rounded.length; oc++) {
                rounded[oc] = (int) Math.rint(real[oc] / (double) scales[oc]);
            }
            initializers.add(Onnx.int32s(constant, rounded));
        } else {
            initializers.add(Onnx.int8s(constant, parameter.shape().dims(), layer.weights()));
        }
        nodes.dequantize(name, constant, scale);
    }

    private float[] biasScales(String node, QuantizedLayer layer) {
        String src = graph.node(node).sources().getFirst();
        float srcScale = Objects.requireNonNull(src.equals(graph.input().name()) ? images : grids.get(src))
                .scale();
        float[] scales = layer.scales().clone();
        for (int oc = 0; oc < scales.length; oc++) {
            scales[oc] *= srcScale;
        }
        return scales;
    }
}
