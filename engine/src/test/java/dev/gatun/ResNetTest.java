package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.image.ChannelOrder;
import dev.gatun.image.Normalization;
import dev.gatun.spec.Activation;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.DownloadListener;
import dev.gatun.weights.MemoryWeights;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.WeightMismatchException;
import dev.gatun.weights.WeightSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResNetTest {
    private static final HeadSpec PYRAMID = new HeadSpec.Backbone(Features.PYRAMID);

    private final WeightSource weights = RandomWeights.trainedLike(
            GraphBuilder.build(Variants.named("resnet20-cifar10")).parameters(), 1);

    @Test
    void takesTheWeightsOfANetworkWithClassesForABackbone() {
        Model model = ResNet.named("resnet20-cifar10").withHead(PYRAMID).weights(weights);
        assertThat(model.classes()).isZero();
        assertThat(model.labels().size()).isZero();
        try (CompiledModel compiled = model.compile(CompileOptions.defaults().withBatch(2))) {
            assertThat(compiled.outputs())
                    .extracting(output -> output.shape())
                    .containsExactly(Shape.of(2, 16, 32, 32), Shape.of(2, 32, 16, 16), Shape.of(2, 64, 8, 8));
        }
        assertThatThrownBy(() -> new Classifier(model, CompileOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("puts out features, expected classes");
    }

    @Test
    void wantsTheHeadOfANetworkWithClasses() {
        List<TensorSpec> backbone = GraphBuilder.build(
                        Variants.named("resnet20-cifar10").withHead(PYRAMID))
                .parameters();
        WeightSource headless = RandomWeights.he(backbone, 1);
        assertThat(ResNet.named("resnet20-cifar10")
                        .withHead(PYRAMID)
                        .weights(headless)
                        .classes())
                .isZero();
        assertThatThrownBy(() -> ResNet.named("resnet20-cifar10").weights(headless))
                .isInstanceOf(WeightMismatchException.class)
                .hasMessageContainingAll("fc.weight", "fc.bias");
    }

    @Test
    void putsOutProbabilitiesWhereTheHeadSaysSo() {
        ResNet network = ResNet.named("resnet20-cifar10");
        Model logits = network.weights(weights);
        try (Runner asked = new Runner(logits, CompileOptions.defaults().withSoftmax(true));
                Runner built = new Runner(
                        network.withHead(new HeadSpec.Classes(10, Activation.SOFTMAX))
                                .weights(weights),
                        CompileOptions.defaults())) {
            float[] images = Runner.images(3, asked.compiled());
            assertThat(built.run(images)).isEqualTo(asked.run(images));
        }
    }

    @Test
    void dilatesWithTheSameWeights() {
        try (CompiledModel compiled = ResNet.named("resnet20-cifar10")
                .withOutputStride(2)
                .withHead(new HeadSpec.Backbone(Features.LAST_MAP))
                .weights(weights)
                .compile(CompileOptions.defaults())) {
            assertThat(compiled.dstShape()).isEqualTo(Shape.of(1, 64, 16, 16));
        }
    }

    @Test
    void saysOfWhatNoWeightsArePublished() {
        ResNet network = ResNet.named("resnet50-v1");
        assertThatThrownBy(() -> network.publishedWeights(DownloadListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no published weights are known for resnet50-v1, expected one of [")
                .hasMessageContaining("resnet50-keras");
    }

    @Test
    void refusesSizesThatSamePaddingIsNotFor() {
        Model model = ResNet.named("resnet8-mlperf-tiny").randomWeights(1);
        assertThatThrownBy(() -> model.compile(CompileOptions.defaults().withSize(34, 32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "images are 34x32, expected multiples of 4: the network's SAME padding is another for other sizes");
    }

    @Test
    void refusesSizesThatALongCannotCount() {
        Model model = ResNet.named("resnet8-mlperf-tiny").randomWeights(1);
        for (int side : new int[] {2_000_000_000, 1 << 28}) {
            assertThatThrownBy(() -> model.compile(CompileOptions.defaults().withSize(side, side)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("images of " + side + "x" + side
                            + " are too large, expected less than 2^63 multiply-accumulates");
        }
    }

    /** keras/applications/imagenet_utils.py: modes "caffe" and "tf"; MLPerf-tiny is fed with bytes. */
    @Test
    void preparesImagesAsTheFamilyDoes() {
        assertThat(normalization("resnet50-keras")).isEqualTo(Normalization.CAFFE);
        assertThat(normalization("resnet50v2-keras")).isEqualTo(Normalization.MINUS_ONE_TO_ONE);
        assertThat(normalization("resnet20v1-keras-cifar10")).isEqualTo(Normalization.UNIT);
        assertThat(normalization("resnet50d")).isEqualTo(Normalization.IMAGENET);
        assertThat(normalization("resnet8-mlperf-tiny"))
                .isEqualTo(new Normalization(ChannelOrder.RGB, 1, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f)));
    }

    private static Normalization normalization(String name) {
        return ResNet.named(name).randomWeights(1).preprocessing().normalization();
    }

    /** He et al. 2016, section 4.2: the deepest network of the paper. Its layers share what lies between them. */
    @Test
    void runsTheDeepestNetwork() {
        Graph graph = GraphBuilder.build(Variants.named("resnet1202-cifar10"));
        // The weights of an initialisation double the values from block to block, 600 times.
        RandomValues values = new RandomValues(graph, 1);
        MemoryWeights.Builder tame = MemoryWeights.builder("test");
        graph.parameters().forEach(tensor -> tame.tensor(tensor.name(), tensor.shape(), values.get(tensor.name())));
        Model model = ResNet.named("resnet1202-cifar10").weights(tame.build());
        try (Runner runner = new Runner(model, CompileOptions.defaults())) {
            assertThat(runner.run(Runner.images(2, runner.compiled())))
                    .hasSize(10)
                    .doesNotContain(Float.NaN);
            // 19.4 M parameters, a fifth of them four times over with minimal filtering, and a map of 16 x 32 x 32 in
            // and out of a layer, and
            // one kept for the shortcut.
            assertThat(runner.compiled().weightBytes()).isLessThan(130_000_000);
            assertThat(runner.compiled().sessionBytes()).isLessThan(4_000_000);
            assertThat(runner.compiled().steps()).hasSizeBetween(1202, 1220);
        }
    }
}
