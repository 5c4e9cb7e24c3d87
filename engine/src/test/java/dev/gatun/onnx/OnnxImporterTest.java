package dev.gatun.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.SmallNetworks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.NaiveGraph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.network.Network;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written comes back. */
class OnnxImporterTest {
    private static final int N = 2;
    private static final int HEIGHT = 20;
    private static final int WIDTH = 28;

    static Stream<ResNetSpec> variants() {
        return Variants.all().values().stream();
    }

    static Stream<Arguments> smallNetworks() {
        // A softmax can only be at the end of what is imported.
        return SmallNetworks.all().entrySet().stream()
                .filter(network -> network.getValue().outputs().size() == 1
                        || network.getValue().nodes().stream().noneMatch(Node.Softmax.class::isInstance))
                .map(network -> Arguments.of(network.getKey(), network.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void everyVariantComesBackAsItWas(ResNetSpec spec) {
        Graph graph = GraphBuilder.build(spec);
        RandomValues values = new RandomValues(graph, 4);
        try (Network network = OnnxImporter.read("test", OnnxWriter.toBytes(graph, spec.name(), values))) {
            assertThat(network.name()).isEqualTo(spec.name());
            assertThat(network.size()).isZero();
            assertThat(network.multiple()).isEqualTo(1);
            assertThat(network.softmax()).isFalse();
            assertThat(network.graph()).isEqualTo(graph);
            for (TensorSpec parameter : graph.parameters()) {
                assertThat(network.weights().read(parameter.name()))
                        .as(parameter.name())
                        .isEqualTo(values.get(parameter.name()));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smallNetworks")
    void fusedNetworksComputeTheSame(String name, Graph graph) {
        RandomValues values = new RandomValues(graph, 2);
        float[] images = RandomValues.uniform(3, N * 3 * HEIGHT * WIDTH, -2, 2);
        List<double[]> expected = NaiveGraph.run(graph, values, images, N, HEIGHT, WIDTH);
        byte[] written = OnnxWriter.toBytes(Passes.fuse(graph), name, values);
        try (Network network = OnnxImporter.read("test", written)) {
            Graph imported = network.softmax() ? network.graph().withSoftmax() : network.graph();
            List<double[]> found = NaiveGraph.run(imported, network.weights()::read, images, N, HEIGHT, WIDTH);
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < found.size(); i++) {
                assertThat(Errors.relative(found.get(i), expected.get(i))).isLessThan(1e-12);
            }
        }
    }
}
