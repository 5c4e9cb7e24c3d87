package dev.gatun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import dev.gatun.graph.Window;
import dev.gatun.image.Normalization;
import dev.gatun.image.Preprocessing;
import dev.gatun.onnx.OnnxWriter;
import dev.gatun.spec.InputSpec;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import dev.gatun.spec.Variants;
import dev.gatun.weights.ElementType;
import dev.gatun.weights.MemoryWeights;
import dev.gatun.weights.NameMapping;
import dev.gatun.weights.RandomWeights;
import dev.gatun.weights.SafetensorsWriter;
import dev.gatun.weights.WeightFormatException;
import dev.gatun.weights.WeightSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the file, a model comes of it, and converting it keeps the model. */
class ModelFileTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "cifar10/akamaster/resnet20-12fca82f.th, torch checkpoint (legacy), resnet20-cifar10",
        "cifar10/akamaster/resnet20-12fca82f.safetensors, safetensors, resnet20-cifar10",
        "cifar10/akamaster/resnet20-12fca82f.export.onnx, ONNX, resnet20-cifar10",
        "cifar10/keras/cifar10_ResNet20v1_model.h5, Keras HDF5, resnet20v1-keras-cifar10",
        "cifar10/keras/ResNet20v2_weights_SCA.h5, Keras HDF5, resnet20v2-keras-cifar10",
        "cifar10/mlperf-tiny/pretrainedResnet.h5, Keras HDF5, resnet8-mlperf-tiny",
        "imagenet/resnet18-pqf-small.legacy.pth, torch checkpoint (legacy), resnet18",
        "imagenet/resnet50-pqf-large.f16.safetensors, safetensors, resnet50",
    })
    void knowsEveryRealFileAndConvertsIt(String name, String container, String variant) {
        Path converted = directory.resolve("converted.safetensors");
        float[] before;
        Preprocessing preprocessing;
        try (ModelFile file = ModelFile.open(SharedData.file(name))) {
            assertThat(file.container()).isEqualTo(container);
            assertThat(file.variants().stream().map(ResNetSpec::name)).startsWith(variant);
            Model model = file.model();
            assertThat(model.name()).isEqualTo(variant);
            before = answer(model);
            preprocessing = model.preprocessing();
            ModelWriter.write(model, ElementType.F32, Map.of("converted_from", name), converted);
        }
        try (ModelFile file = ModelFile.open(converted)) {
            assertThat(file.container()).isEqualTo("safetensors");
            assertThat(file.variants().stream().map(ResNetSpec::name)).startsWith(variant);
            assertThat(file.source().metadata()).containsEntry("converted_from", name);
            assertThat(file.model().preprocessing()).isEqualTo(preprocessing);
            assertThat(answer(file.model())).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18",
                "resnet50",
                "resnet50-v1",
                "resnet20-cifar10",
                "resnet50-keras",
                "resnet50v2-keras",
                "resnet20v1-keras-cifar10",
                "resnet29v2-keras-cifar10",
                "resnet8-mlperf-tiny",
            })
    void recognisesVariantsInOnnxFilesWhetherNormsAreFoldedOrNot(String name) throws IOException {
        ResNetSpec spec = Variants.named(name);
        Graph graph = GraphBuilder.build(spec);
        RandomValues values = new RandomValues(graph, 3);
        Path file = directory.resolve("model.onnx");
        for (Graph written : List.of(graph, Passes.fuse(graph))) {
            OnnxWriter.write(written, "anything", values, file);
            try (ModelFile opened = ModelFile.open(file)) {
                assertThat(opened.variants()).contains(spec);
                if (written.equals(graph)) {
                    assertThat(opened.variants()).startsWith(spec);
                    assertThat(opened.model().input().scaling())
                            .isEqualTo(spec.input().scaling());
                }
                assertThat(opened.model().classes()).isEqualTo(spec.classes());
            }
        }
    }

    @Test
    void networksThatNoVariantHasKeepTheirGraph() {
        Graph graph = new Graph(
                List.of(
                        new Node.Input("images", 3),
                        Node.Conv.stored("conv", "images", 3, 8, 1, new Window(3, 3, 2, 2, 0, 0, 1, 1, 1))
                                .withBias(),
                        new Node.BatchNorm("norm", "conv", 8, 1.001e-5),
                        new Node.Relu("relu", "norm"),
                        Node.Conv.zeroPad("zeros", "relu", 8, 1),
                        new Node.MaxPool("max", "zeros", Window.square(3, 2, 0)),
                        new Node.ZeroPadShortcut("pad", "max", 8, 12, 2, 1),
                        new Node.AveragePool("average", "pad", Window.square(2, 1, 1), true),
                        new Node.Add("add", "average", "average"),
                        new Node.GlobalMaxPool("pool", "add"),
                        new Node.InnerProduct("logits", "pool", 12, 5)),
                List.of("logits"));
        WeightSet weights = WeightSet.check(
                RandomWeights.trainedLike(graph.parameters(), 1), graph.parameters(), NameMapping.IDENTITY);
        Model model = Model.of(
                "mine",
                graph,
                new InputSpec(3, 36).withMultiple(2),
                weights,
                Preprocessing.square(40, 36, Preprocessing.IMAGENET.interpolation(), Normalization.CAFFE),
                new Labels(List.of("a", "b", "c", "d", "e")));
        Path target = directory.resolve("mine.safetensors");
        ModelWriter.write(model, ElementType.F32, Map.of(), target);
        try (ModelFile file = ModelFile.open(target)) {
            assertThat(file.variants()).isEmpty();
            Model read = file.model();
            assertThat(read.name()).isEqualTo("mine");
            assertThat(read.graph()).isEqualTo(graph);
            assertThat(read.input().size()).isEqualTo(36);
            assertThat(read.input().multiple()).isEqualTo(2);
            assertThat(read.labels()).isEqualTo(model.labels());
            assertThat(read.preprocessing().normalization()).isEqualTo(Normalization.CAFFE);
            assertThat(answer(read)).isEqualTo(answer(model));
        }
    }

    @Test
    void theCardDecidesBetweenVariantsOfTheSameTensors() {
        for (String name : List.of("resnet50-v1", "resnet50")) {
            Path target = directory.resolve(name);
            ModelWriter.write(ResNet.named(name).randomWeights(1), ElementType.BF16, Map.of(), target);
            try (ModelFile file = ModelFile.open(target)) {
                assertThat(file.source().metadata()).doesNotContainKey(ModelFile.GRAPH);
                assertThat(file.model().name()).isEqualTo(name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"version\":2,\"nodes\":[],\"outputs\":[]}",
                "{\"version\":1,\"nodes\":[],\"outputs\":[]}",
                "{\"version\":1,\"nodes\":[{\"op\":\"Exec\",\"name\":\"a\",\"src\":[]}],\"outputs\":[\"a\"]}",
                "{\"version\":1,\"nodes\":[{\"op\":\"Input\",\"name\":\"a\",\"src\":[],\"channels\":-1}],\"outputs\":[\"a\"]}",
                "{\"version\":1,\"nodes\":[{\"op\":\"Input\",\"name\":\"a\",\"src\":[],\"channels\":3},"
                        + "{\"op\":\"Relu\",\"name\":\"b\",\"src\":[\"c\"]}],\"outputs\":[\"b\"]}",
                "{\"version\":1,\"nodes\":[{\"op\":\"Input\",\"name\":\"a\",\"src\":[],\"channels\":3},"
                        + "{\"op\":\"ZeroPadShortcut\",\"name\":\"b\",\"src\":[\"a\"],\"ic\":3,\"oc\":2000000000,"
                        + "\"stride\":1,\"front\":0}],\"outputs\":[\"b\"]}",
                "{\"version\":1,\"nodes\":[{\"op\":\"Input\",\"name\":\"a\",\"src\":[],\"channels\":3},"
                        + "{\"op\":\"MaxPool\",\"name\":\"b\",\"src\":[\"a\"],"
                        + "\"window\":[1,1,1,1,2000000000,2000000000,0,0,1]}],\"outputs\":[\"b\"]}",
            })
    void rejectsGraphsThatItDidNotWrite(String json) {
        Path target = directory.resolve("hostile.safetensors");
        SafetensorsWriter.write(target, MemoryWeights.builder("test").build(), ElementType.F32, Map.of("graph", json));
        assertThatThrownBy(() -> {
                    try (ModelFile file = ModelFile.open(target)) {
                        file.model();
                    }
                })
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("hostile.safetensors");
    }

    @Test
    void saysWhenTensorsAreOfNoNetwork() throws IOException {
        Path target = directory.resolve("other.safetensors");
        SafetensorsWriter.write(
                target,
                RandomWeights.he(
                        List.of(new TensorSpec("embedding", Shape.of(3, 4), TensorSpec.Role.INNER_PRODUCT_WEIGHT)), 1),
                ElementType.F32,
                Map.of());
        try (ModelFile file = ModelFile.open(target)) {
            assertThat(file.variants()).isEmpty();
            assertThatThrownBy(file::model).hasMessageContaining("holds weights of no variant that is known");
        }
        Files.write(target, new byte[] {8, 8, 1, 2, 3});
        assertThatThrownBy(() -> ModelFile.open(target))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining("protobuf");
    }

    private static float[] answer(Model model) {
        try (Runner runner = new Runner(model, CompileOptions.defaults())) {
            return runner.run(Runner.images(2, runner.compiled()));
        }
    }
}
