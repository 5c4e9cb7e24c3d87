package dev.gatun.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.OrtOracle;
import dev.gatun.RandomValues;
import dev.gatun.SmallNetworks;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.NaiveGraph;
import dev.gatun.graph.Passes;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Variants;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What ONNX Runtime makes of the models that are written. */
class OnnxAgreementTest {
    private static final int N = 2;

    static Stream<Arguments> smallNetworks() {
        return SmallNetworks.all().entrySet().stream()
                .map(network -> Arguments.of(network.getKey(), network.getValue()));
    }

    /** One of each kind: the engine's answers are compared for all. */
    static Stream<ResNetSpec> variants() {
        return Stream.of(
                        "resnet18",
                        "resnet50",
                        "resnext50_32x4d",
                        "resnet18d",
                        "plain18",
                        "resnet20-cifar10",
                        "resnet20v1-keras-cifar10",
                        "resnet20v2-keras-cifar10",
                        "resnet50-keras",
                        "resnet50v2-keras")
                .map(Variants::named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smallNetworks")
    void agreesWithTheDefinition(String name, Graph graph) {
        RandomValues values = new RandomValues(graph, 2);
        int height = SmallNetworks.side(name, 19);
        int width = SmallNetworks.side(name, 26);
        float[] images = RandomValues.uniform(3, N * 3 * height * width, -2, 2);
        List<double[]> expected = NaiveGraph.run(graph, values, images, N, height, width);
        for (Graph written : List.of(graph, Passes.fuse(graph))) {
            try (OrtOracle oracle = OrtOracle.load(OnnxWriter.toBytes(written, name, values))) {
                var found = oracle.runAll(images, N, 3, height, width);
                assertThat(found.keySet()).containsExactlyElementsOf(written.outputs());
                Iterator<double[]> reference = expected.iterator();
                for (OrtOracle.Output output : found.values()) {
                    assertThat(Errors.relative(output.values(), reference.next()))
                            .isLessThan(1e-5);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void everyVariantRunsAtAnyBatchAndSize(ResNetSpec spec) {
        Graph graph = GraphBuilder.build(spec);
        byte[] model = OnnxWriter.toBytes(graph, spec.name(), new RandomValues(graph, 4));
        int size = spec.input().size();
        try (OrtOracle oracle = OrtOracle.load(model)) {
            assertRuns(oracle, spec, 1, size, size);
            assertRuns(oracle, spec, 3, size / 7 * 2, size / 7 * 3);
        }
    }

    private static void assertRuns(OrtOracle oracle, ResNetSpec spec, int n, int height, int width) {
        float[] images = RandomValues.uniform(5, n * 3 * height * width, -2, 2);
        OrtOracle.Output logits = oracle.run(images, n, 3, height, width);
        int classes = spec.classes();
        assertThat(logits.shape()).containsExactly(n, classes);
        for (float logit : logits.values()) {
            assertThat(logit).isFinite();
        }
        // Logits that do not depend on the images would be finite as well.
        assertThat(logits.values()[0]).isNotEqualTo(n == 1 ? logits.values()[1] : logits.values()[classes]);
    }
}
