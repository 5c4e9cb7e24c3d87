package dev.gatun.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Activation;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final Node INPUT = new Node.Input("input", 3);
    private static final Node CONV = Node.Conv.stored("conv", "input", 3, 4, 1, Window.same(3, 2));

    @Test
    void rejectsNodesThatReadWhatDoesNotStandBeforeThem() {
        Node early = new Node.Relu("relu", "conv");
        assertRejected(() -> graph("conv", INPUT, early, CONV), "node relu reads conv, which does not stand before it");
        Node self = new Node.Relu("relu", "relu");
        assertRejected(() -> graph("relu", INPUT, self), "node relu reads relu, which does not stand before it");
    }

    @Test
    void rejectsResidualsThatDoNotStandBeforeTheirReader() {
        Node fused =
                Node.Conv.stored("conv", "input", 3, 4, 1, Window.same(3, 2)).withEpilogue(Epilogue.NONE.plus("later"));
        assertRejected(() -> graph("conv", INPUT, fused), "node conv reads later, which does not stand before it");
    }

    @Test
    void rejectsTwoNodesOfOneName() {
        assertRejected(() -> graph("conv", INPUT, CONV, CONV), "two nodes are named conv");
    }

    @Test
    void rejectsGraphsWithoutOneInputAtTheirHead() {
        assertRejected(() -> graph("input"), "the first node must be the input");
        assertRejected(() -> graph("input", INPUT, new Node.Input("again", 3)), "a second input: again");
    }

    @Test
    void rejectsOutputsThatAreNone() {
        assertRejected(() -> graph("fc", INPUT, CONV), "output fc is no node");
        assertRejected(() -> new Graph(List.of(INPUT, CONV), List.of()), "expected one output or more");
        assertRejected(() -> new Graph(List.of(INPUT, CONV), List.of("conv", "conv")), "each once, found [conv, conv]");
    }

    @Test
    void rejectsConvolutionsThatCannotBe() {
        assertRejected(
                () -> Node.Conv.stored("c", "input", 6, 4, 3, Window.same(1, 1)), "c: 3 groups do not divide 6 and 4");
        assertRejected(
                () -> Node.Conv.stored("c", "input", 6, 0, 1, Window.same(1, 1)), "c: channels must be positive");
        assertRejected(
                () -> new Node.ZeroPadShortcut("s", "input", 3, 4, 1, 2), "s: 3 channels do not fit into 4 behind 2");
    }

    @Test
    void rejectsImagesThatLeaveNothing() {
        Graph graph = graph("conv", INPUT, Node.Conv.stored("conv", "input", 3, 4, 1, Window.square(7, 1, 0)));
        assertThat(graph.shapes(1, 7, 9)).containsEntry("conv", Shape.of(1, 4, 1, 3));
        assertRejected(() -> graph.shapes(1, 6, 9), "images of 6x9 are too small: conv would put out [1, 4, 0, 3]");
        assertRejected(() -> graph.shapes(1, 9, 2), "images of 9x2 are too small: conv");
        assertRejected(() -> graph.shapes(0, 9, 9), "the batch must be positive, found 0");
    }

    @Test
    void rejectsSourcesThatDoNotFitTheirReaders() {
        Node fc = new Node.InnerProduct("fc", "conv", 4, 2);
        assertUnreadable("fc cannot read [1, 4, 4, 4], expected [n, 4, 1, 1]", CONV, fc);
        assertUnreadable(
                "second cannot read [1, 4, 4, 4], expected [n, 3, h, w]",
                CONV,
                Node.Conv.stored("second", "conv", 3, 4, 1, Window.same(1, 1)));
        assertUnreadable(
                "bn cannot read [1, 4, 4, 4], expected [n, 5, h, w]", CONV, new Node.BatchNorm("bn", "conv", 5, 0));
        assertUnreadable(
                "pad cannot read [1, 4, 4, 4], expected [n, 2, h, w]",
                CONV,
                new Node.ZeroPadShortcut("pad", "conv", 2, 4, 1, 1));
        assertUnreadable(
                "add cannot read [1, 3, 8, 8], expected [1, 4, 4, 4] like its other operand",
                CONV,
                new Node.Add("add", "conv", "input"));
        assertUnreadable(
                "second cannot read [1, 3, 8, 8], expected [1, 4, 4, 4] like its other operand",
                CONV,
                Node.Conv.stored("second", "conv", 4, 4, 1, Window.same(1, 1))
                        .withEpilogue(Epilogue.NONE.plus("input")));
        assertUnreadable("p cannot read [1, 3, 8, 8], expected [n, classes]", new Node.Softmax("p", "input"));
        Node avgpool = new Node.GlobalAveragePool("avgpool", "conv");
        Node logits = new Node.InnerProduct("fc", "avgpool", 4, 2);
        assertUnreadable(
                "pool cannot read [1, 2], expected [n, c, h, w]",
                CONV,
                avgpool,
                logits,
                new Node.MaxPool("pool", "fc", Window.same(3, 2)));
        assertUnreadable(
                "gap cannot read [1, 2], expected [n, c, h, w]",
                CONV,
                avgpool,
                logits,
                new Node.GlobalAveragePool("gap", "fc"));
    }

    @Test
    void shapesEveryResult() {
        Map<String, Shape> shapes =
                GraphBuilder.build(Variants.named("resnet50")).withSoftmax().shapes(2, 224, 224);
        // He et al. 2016, table 1
        assertThat(shapes)
                .containsEntry("input", Shape.of(2, 3, 224, 224))
                .containsEntry("conv1", Shape.of(2, 64, 112, 112))
                .containsEntry("maxpool", Shape.of(2, 64, 56, 56))
                .containsEntry("layer1.2.relu", Shape.of(2, 256, 56, 56))
                .containsEntry("layer2.0.conv1", Shape.of(2, 128, 56, 56))
                .containsEntry("layer2.0.conv2", Shape.of(2, 128, 28, 28))
                .containsEntry("layer2.3.relu", Shape.of(2, 512, 28, 28))
                .containsEntry("layer3.5.relu", Shape.of(2, 1024, 14, 14))
                .containsEntry("layer4.2.relu", Shape.of(2, 2048, 7, 7))
                .containsEntry("avgpool", Shape.of(2, 2048, 1, 1))
                .containsEntry("fc", Shape.of(2, 1000))
                .containsEntry("softmax", Shape.of(2, 1000));
        assertThat(GraphBuilder.build(Variants.named("resnet50-v1")).shapes(2, 224, 224))
                .containsEntry("layer2.0.conv1", Shape.of(2, 128, 28, 28));
    }

    /** Output shapes that Keras' {@code summary()} prints, channels first. */
    @Test
    void shapesKerasPreactivationNetworks() {
        Map<String, Shape> shapes =
                GraphBuilder.build(Variants.named("resnet50v2-keras")).shapes(1, 224, 224);
        assertThat(shapes)
                .containsEntry("conv1", Shape.of(1, 64, 112, 112))
                .containsEntry("maxpool/pad", Shape.of(1, 64, 114, 114))
                .containsEntry("maxpool", Shape.of(1, 64, 56, 56))
                .containsEntry("layer1.1.add", Shape.of(1, 256, 56, 56))
                .containsEntry("layer1.2.downsample", Shape.of(1, 256, 28, 28))
                .containsEntry("layer1.2.add", Shape.of(1, 256, 28, 28))
                .containsEntry("layer2.3.add", Shape.of(1, 512, 14, 14))
                .containsEntry("layer3.5.add", Shape.of(1, 1024, 7, 7))
                .containsEntry("layer4.2.add", Shape.of(1, 2048, 7, 7))
                .containsEntry("norm_relu", Shape.of(1, 2048, 7, 7));
    }

    @Test
    void putsOutAMapOfEveryResolution() {
        assertThat(pyramid("resnet50").outputs())
                .containsExactly("layer1.2.relu", "layer2.3.relu", "layer3.5.relu", "layer4.2.relu");
        // The last blocks of its stages stride.
        Graph keras = pyramid("resnet50v2-keras");
        assertThat(keras.outputs()).containsExactly("layer1.1.add", "layer2.2.add", "layer3.4.add", "norm_relu");
        assertThat(keras.outputShapes(2, 224, 160))
                .containsExactly(
                        Shape.of(2, 256, 56, 40),
                        Shape.of(2, 512, 28, 20),
                        Shape.of(2, 1024, 14, 10),
                        Shape.of(2, 2048, 7, 5));
    }

    private static Graph pyramid(String name) {
        return GraphBuilder.build(Variants.named(name).withHead(new HeadSpec.Backbone(Features.PYRAMID)));
    }

    /** Keys of timm's resnet50d. */
    @Test
    void namesDeepStemsAndPooledShortcutsAsTimmDoes() {
        assertThat(GraphBuilder.build(Variants.named("resnet50d")).parameters().stream()
                        .map(TensorSpec::name)
                        .filter(name -> name.endsWith(".weight")
                                && (name.startsWith("conv1.")
                                        || name.startsWith("bn1.")
                                        || name.contains("0.downsample"))))
                .containsExactly(
                        "conv1.0.weight",
                        "conv1.1.weight",
                        "conv1.3.weight",
                        "conv1.4.weight",
                        "conv1.6.weight",
                        "bn1.weight",
                        "layer1.0.downsample.1.weight",
                        "layer1.0.downsample.2.weight",
                        "layer2.0.downsample.1.weight",
                        "layer2.0.downsample.2.weight",
                        "layer3.0.downsample.1.weight",
                        "layer3.0.downsample.2.weight",
                        "layer4.0.downsample.1.weight",
                        "layer4.0.downsample.2.weight");
    }

    @Test
    void addsNoSoftmaxBehindProbabilities() {
        for (Activation activation : List.of(Activation.SOFTMAX, Activation.SIGMOID)) {
            Graph graph = GraphBuilder.build(Variants.named("resnet18").withHead(new HeadSpec.Classes(5, activation)));
            assertThat(graph.withSoftmax()).isEqualTo(graph);
        }
    }

    @Test
    void takesTheSmallestImagesOfTheFamily() {
        Variants.all()
                .values()
                .forEach(spec -> assertThat(GraphBuilder.build(spec).shapes(1, 32, 32))
                        .containsEntry("fc", Shape.of(1, spec.classes())));
    }

    @Test
    void countsReadersAndOutputsAsUses() {
        Graph graph = new Graph(
                List.of(INPUT, CONV, new Node.Add("add", "conv", "conv"), new Node.Relu("relu", "conv")),
                List.of("conv", "relu"));
        assertThat(graph.uses()).isEqualTo(Map.of("input", 1, "conv", 4, "add", 0, "relu", 1));
    }

    @Test
    void refusesSoftmaxOverSeveralOutputs() {
        Graph graph = new Graph(List.of(INPUT, CONV), List.of("conv", "input"));
        assertThatThrownBy(graph::withSoftmax).hasMessageContaining("softmax needs one output, found [conv, input]");
    }

    private static void assertUnreadable(String message, Node... nodes) {
        Node[] all = new Node[nodes.length + 1];
        all[0] = INPUT;
        System.arraycopy(nodes, 0, all, 1, nodes.length);
        Graph graph = graph(nodes[nodes.length - 1].name(), all);
        assertRejected(() -> graph.shapes(1, 8, 8), message);
    }

    private static Graph graph(String output, Node... nodes) {
        return new Graph(List.of(nodes), List.of(output));
    }

    private static void assertRejected(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void textsAreEqualForEqualGraphsAndNoOthers() {
        List<Graph> graphs = Variants.all().values().stream()
                .flatMap(spec -> {
                    Graph built = GraphBuilder.build(spec);
                    return Stream.of(built, GraphBuilder.build(spec), Passes.fuse(built), built.withSoftmax());
                })
                .toList();
        assertThat(graphs.stream().map(Graph::toString).distinct().count())
                .isEqualTo(graphs.stream().distinct().count())
                .isGreaterThan(2L * Variants.all().size());
    }
}
