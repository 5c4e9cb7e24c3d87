package dev.gatun.onnx;

import static java.util.Objects.requireNonNull;

import dev.gatun.graph.Graph;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A graph as a ModelProto. */
final class OnnxModel {
    private static final String PRODUCER = "gatun";

    /** Any two sizes that every network of the family takes; an extent that is the same for both does not depend on the images. */
    private static final int[] PROBES = {1024, 2048};

    private static final int BUFFER_BYTES = 1 << 16;

    private final Graph graph;
    private final OnnxWriter.Values values;

    private OnnxModel(Graph graph, OnnxWriter.Values values) {
        this.graph = graph;
        this.values = values;
    }

    /** The model, which asks for the values of each parameter when it is written. */
    static Protobuf of(Graph graph, String name, OnnxWriter.Values values) {
        return new OnnxModel(graph, values).model(name);
    }

    private Protobuf model(String name) {
        OnnxNodes operations = new OnnxNodes(graph).addAll();
        List<Protobuf> initializers = new ArrayList<>(operations.constants());
        // Convolutions may share a parameter, but an initializer is written once.
        new LinkedHashSet<>(graph.parameters()).forEach(parameter -> initializers.add(initializer(parameter)));
        return assemble(graph, name, "float32", operations.nodes(), initializers);
    }

    /** The model of these operations, with the inputs and outputs of {@code graph}. */
    static Protobuf assemble(Graph graph, String name, String type, List<Protobuf> nodes, List<Protobuf> initializers) {
        List<Onnx.Dim> inputDims = List.of(
                new Onnx.Dim.Symbolic("batch"),
                new Onnx.Dim.Fixed(graph.input().channels()),
                new Onnx.Dim.Symbolic("height"),
                new Onnx.Dim.Symbolic("width"));
        Protobuf input = Onnx.value(graph.input().name(), inputDims);
        Protobuf body = Onnx.graph(name, nodes, initializers, input, outputs(graph));
        String doc = name + ", " + type + ", written by Gatun; images are [batch, channels, height, width], normalised";
        return Onnx.model(PRODUCER, doc, body, Map.of("model", name));
    }

    private Protobuf initializer(TensorSpec parameter) {
        return floats(parameter.name(), parameter.shape(), () -> OnnxWriter.checked(values, parameter));
    }

    /** A TensorProto of floats that are asked for when it is written. */
    static Protobuf floats(String name, Shape shape, Supplier<float[]> values) {
        long bytes = Math.multiplyExact(shape.elements(), (long) Float.BYTES);
        return Onnx.floats(name, shape.dims(), bytes, out -> writeLittleEndian(values.get(), out));
    }

    private static void writeLittleEndian(float[] floats, OutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int step = BUFFER_BYTES / Float.BYTES;
        for (int at = 0; at < floats.length; at += step) {
            int count = Math.min(step, floats.length - at);
            buffer.asFloatBuffer().put(floats, at, count);
            out.write(buffer.array(), 0, count * Float.BYTES);
        }
    }

    private static List<Protobuf> outputs(Graph graph) {
        SequencedMap<String, Shape> some = graph.shapes(1, PROBES[0], PROBES[0]);
        SequencedMap<String, Shape> others = graph.shapes(2, PROBES[1], PROBES[1]);
        return graph.outputs().stream()
                .map(name ->
                        Onnx.value(name, dims(name, requireNonNull(some.get(name)), requireNonNull(others.get(name)))))
                .toList();
    }

    private static List<Onnx.Dim> dims(String name, Shape some, Shape other) {
        List<String> symbols = List.of("batch", name + "/channels", name + "/height", name + "/width");
        return IntStream.range(0, some.rank())
                .<Onnx.Dim>mapToObj(axis -> some.dim(axis) == other.dim(axis)
                        ? new Onnx.Dim.Fixed(some.dim(axis))
                        : new Onnx.Dim.Symbolic(symbols.get(axis)))
                .toList();
    }
}
