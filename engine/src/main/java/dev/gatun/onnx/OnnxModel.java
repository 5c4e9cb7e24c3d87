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
        OnnxNodes operations = new OnnxNodes(graph);
        List<Protobuf> initializers = new ArrayList<>(operations.constants());
        // Convolutions may share a parameter, but an initializer is written once.
        new LinkedHashSet<>(graph.parameters()).forEach(parameter -> initializers.add(initializer(parameter)));
        List<Onnx.Dim> inputDims = List.of(
                new Onnx.Dim.Symbolic("batch"),
                new Onnx.Dim.Fixed(graph.input().channels()),
                new Onnx.Dim.Symbolic("height"),
                new Onnx.Dim.Symbolic("width"));
        Protobuf input = Onnx.value(graph.input().name(), inputDims);
        Protobuf body = Onnx.graph(name, operations.nodes(), initializers, input, outputs());
        String doc = name + ", float32, written by Gatun; images are [batch, channels, height, width], normalised";
        return Onnx.model(PRODUCER, doc, body, Map.of("model", name));
    }

    private Protobuf initializer(TensorSpec parameter) {
        long bytes = Math.multiplyExact(parameter.shape().elements(), (long) Float.BYTES);
        return Onnx.floats(
                parameter.name(),
                parameter.shape().dims(),
                bytes,
                out -> writeLittleEndian(OnnxWriter.checked(values, parameter), out));
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

    private List<Protobuf> outputs() {
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
