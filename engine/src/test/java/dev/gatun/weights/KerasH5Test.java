package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.gatun.SharedData;
import dev.gatun.spec.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.api.WritableNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasH5Test {
    @TempDir
    private Path directory;

    private Path write(Consumer<WritableHdfFile> content) {
        Path path = directory.resolve("weights.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            content.accept(file);
        }
        return path;
    }

    private static WritableGroup layer(WritableGroup parent, String name, String... weightNames) {
        WritableGroup group = parent.putGroup(name);
        if (weightNames.length > 0) {
            group.putAttribute("weight_names", weightNames);
        }
        return group;
    }

    private static void layerNames(WritableNode group, String... names) {
        group.putAttribute("layer_names", names);
    }

    private static float[][][][] hwio(int h, int w, int i, int o) {
        float[][][][] kernel = new float[h][w][i][o];
        for (int n = 0; n < h * w * i * o; n++) {
            kernel[n / o / i / w][n / o / i % w][n / o % i][n % o] = n;
        }
        return kernel;
    }

    /** A convolution, a normalisation and an inner product. */
    private static void small(WritableGroup root) {
        layerNames(root, "input_1", "conv", "bn", "fc");
        layer(root, "input_1");
        WritableGroup conv = layer(root, "conv", "conv/kernel:0", "conv/bias:0").putGroup("conv");
        conv.putDataset("kernel:0", hwio(2, 3, 4, 5));
        conv.putDataset("bias:0", new float[] {1, 2, 3, 4, 5});
        WritableGroup bn = layer(root, "bn", "bn/gamma:0", "bn/beta:0", "bn/moving_mean:0", "bn/moving_variance:0")
                .putGroup("bn");
        for (String field : new String[] {"gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"}) {
            bn.putDataset(field, new float[] {1, 2, 3, 4, 5});
        }
        WritableGroup fc = layer(root, "fc", "fc/kernel:0").putGroup("fc");
        fc.putDataset("kernel:0", new float[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}});
    }

    @Test
    void showsTensorsAsTorchWouldHaveThem() {
        Path path = write(root -> {
            root.putAttribute("backend", "tensorflow");
            small(root);
        });
        try (WeightSource source = WeightFiles.open(path)) {
            assertThat(source.container()).isEqualTo("Keras HDF5");
            assertThat(source.metadata()).containsEntry("backend", "tensorflow").doesNotContainKey("model_config");
            assertThat(source.tensors().keySet())
                    .containsExactly(
                            "conv.weight",
                            "conv.bias",
                            "bn.weight",
                            "bn.bias",
                            "bn.running_mean",
                            "bn.running_var",
                            "fc.weight");
            assertThat(source.tensor("conv.weight").shape()).isEqualTo(Shape.of(5, 4, 2, 3));
            float[] kernel = source.read("conv.weight");
            for (int o = 0; o < 5; o++) {
                for (int i = 0; i < 4; i++) {
                    for (int h = 0; h < 2; h++) {
                        for (int w = 0; w < 3; w++) {
                            assertThat(kernel[((o * 4 + i) * 2 + h) * 3 + w]).isEqualTo(((h * 3 + w) * 4 + i) * 5 + o);
                        }
                    }
                }
            }
            assertThat(source.tensor("fc.weight").shape()).isEqualTo(Shape.of(2, 5));
            assertThat(source.read("fc.weight")).containsExactly(1, 3, 5, 7, 9, 2, 4, 6, 8, 10);
        }
    }

    @Test
    void readsWholeModels() {
        Path path = write(root -> {
            root.putAttribute("model_config", "{}");
            small(root.putGroup("model_weights"));
        });
        try (WeightSource source = WeightFiles.open(path)) {
            assertThat(source.metadata()).containsEntry("model_config", "{}");
            assertThat(source.tensors()).hasSize(7);
        }
    }

    @Test
    void readsNamesOfEveryAge() {
        Path path = write(root -> {
            root.putAttribute("layer_names0", new String[] {"res2a_branch2a", "bn2a_branch2a"});
            root.putAttribute("layer_names1", new String[] {"conv2d_1", "resnet50"});
            WritableGroup conv = layer(root, "res2a_branch2a", "res2a_branch2a_W_1:0", "res2a_branch2a_b_1:0");
            conv.putDataset("res2a_branch2a_W_1:0", hwio(1, 1, 2, 2));
            conv.putDataset("res2a_branch2a_b_1:0", new float[2]);
            WritableGroup bn =
                    layer(root, "bn2a_branch2a", "bn2a_branch2a_running_std_1:0", "bn2a_branch2a_running_mean_1:0");
            bn.putDataset("bn2a_branch2a_running_std_1:0", new float[2]);
            bn.putDataset("bn2a_branch2a_running_mean_1:0", new float[2]);
            layer(root, "conv2d_1", "conv2d_1_1/kernel:0")
                    .putGroup("conv2d_1_1")
                    .putDataset("kernel:0", hwio(1, 1, 2, 2));
            WritableGroup nested = layer(root, "resnet50", "conv1_conv/kernel:0", "conv2_conv/kernel:0");
            nested.putGroup("conv1_conv").putDataset("kernel:0", hwio(1, 1, 2, 2));
            nested.putGroup("conv2_conv").putDataset("kernel:0", hwio(1, 1, 2, 2));
        });
        try (WeightSource source = WeightFiles.open(path)) {
            assertThat(source.tensors().keySet())
                    .containsExactly(
                            "res2a_branch2a.weight",
                            "res2a_branch2a.bias",
                            "bn2a_branch2a.running_var",
                            "bn2a_branch2a.running_mean",
                            "conv2d_1.weight",
                            "conv1_conv.weight",
                            "conv2_conv.weight");
        }
    }

    @Test
    void listsTensorsOfOtherTypes() {
        Path path = write(root -> {
            layerNames(root, "counter");
            layer(root, "counter", "count:0", "wide:0").putDataset("count:0", new int[] {7});
            ((WritableGroup) root.getChild("counter")).putDataset("wide:0", new double[] {1});
        });
        try (WeightSource source = WeightFiles.open(path)) {
            assertThat(source.tensor("counter.count:0").type()).isEqualTo(ElementType.I32);
            assertThat(source.tensor("counter.wide:0").type()).isEqualTo(ElementType.F64);
        }
    }

    @Test
    void refusesOtherHdf5Files() {
        rejects(write(root -> root.putDataset("data", new float[3])), "without 'layer_names'");
        rejects(write(root -> layerNames(root, "a")), "has no layer 'a'");
        rejects(
                write(root -> {
                    layerNames(root, "a");
                    layer(root, "a", "a/kernel:0");
                }),
                "has no dataset 'a/kernel:0'");
        rejects(
                write(root -> {
                    layerNames(root, "a");
                    root.putDataset("a", new float[1]);
                }),
                "'a' is no group");
        rejects(
                write(root -> {
                    layerNames(root, "a");
                    layer(root, "a", "kernel:0").putGroup("kernel:0");
                }),
                "has no dataset");
        rejects(
                write(root -> {
                    layerNames(root, "a", "b");
                    layer(root, "a", "x/kernel:0", "y/kernel:0");
                    WritableGroup a = (WritableGroup) root.getChild("a");
                    a.putGroup("x").putDataset("kernel:0", new float[1]);
                    a.putGroup("y").putDataset("kernel:0", new float[1]);
                    layer(root, "b", "x/kernel:0", "z/kernel:0");
                    WritableGroup b = (WritableGroup) root.getChild("b");
                    b.putGroup("x").putDataset("kernel:0", new float[1]);
                    b.putGroup("z").putDataset("kernel:0", new float[1]);
                }),
                "two tensors would be named 'x.weight'");
        rejects(write(root -> root.putAttribute("layer_names", new int[] {1, 2})), "expected one string or a list");
    }

    private static void rejects(Path path, String problem) {
        assertThatThrownBy(() -> WeightFiles.open(path))
                .isInstanceOf(WeightFormatException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(problem);
    }

    @Test
    void rejectsTruncationAtEveryByte() throws IOException {
        Path path = write(KerasH5Test::small);
        int size = (int) Files.size(path);
        int accepted = 0;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int length = size - 1; length >= 0; length--) {
                channel.truncate(length);
                // What jHDF writes last is padding.
                accepted += opens(path) ? 1 : 0;
            }
        }
        assertThat(accepted).isLessThan(64);
    }

    @Test
    void survivesMutation() throws IOException {
        mutate(Files.readAllBytes(write(KerasH5Test::small)), 2000, Integer.MAX_VALUE);
    }

    /** The groups of old style that Keras writes, with B-trees and heaps, are at the front. */
    @ParameterizedTest
    @CsvSource({"cifar10/mlperf-tiny/pretrainedResnet.h5, 65536", "cifar10/keras/ResNet20v2_weights_SCA.h5, 65536"})
    void survivesMutationOfRealFiles(String name, int front) throws IOException {
        mutate(Files.readAllBytes(SharedData.file(name)), 300, front);
    }

    private void mutate(byte[] whole, int rounds, int front) throws IOException {
        SplittableRandom random = new SplittableRandom(20261121);
        Path path = directory.resolve("mutant.h5");
        int rejected = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] mutant = whole.clone();
            for (int edit = random.nextInt(1, 20); edit > 0; edit--) {
                int at = random.nextInt(8, Math.min(front, mutant.length));
                mutant[at] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (mutant[at] ^ 1 << random.nextInt(8));
            }
            rejected += opens(Files.write(path, mutant)) ? 0 : 1;
        }
        assertThat(rejected).isGreaterThan(rounds / 20);
    }

    /** Whatever the file holds, only {@link WeightFormatException} may come of it. */
    private static boolean opens(Path file) {
        try (WeightSource source = WeightFiles.open(file)) {
            for (TensorInfo tensor : source.tensors().values()) {
                if (tensor.type().readable()) {
                    assertThat(source.read(tensor.name()))
                            .hasSize(Math.toIntExact(tensor.shape().elements()));
                }
            }
            return true;
        } catch (WeightFormatException e) {
            return false;
        }
    }

    /** A B-tree whose nodes have their only child twice over takes 2^levels steps to walk; a budget ends that. */
    @ParameterizedTest
    @ValueSource(ints = {40})
    void endsOnTreesThatBranchWithoutEnd(int levels) throws IOException {
        byte[] whole = Files.readAllBytes(SharedData.file("cifar10/mlperf-tiny/pretrainedResnet.h5"));
        byte[] bomb = TreeBomb.plant(whole, levels);
        Path path = Files.write(directory.resolve("bomb.h5"), bomb);
        assertTimeout(Duration.ofMinutes(1), () -> rejects(path, "more than 1048576 reads"));
        assertThat(Arrays.equals(whole, bomb)).isFalse();
    }
}
