package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.spec.Shape;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that PyTorch wrote ({@code make_torch_checkpoints.py} beside them), and well-formed ones it may write. */
class TorchCheckpointTest {
    private static final byte[] FOUR = Fixtures.floats(ByteOrder.LITTLE_ENDIAN, 0, 1, 2, 3);

    @TempDir
    private Path directory;

    private WeightSource open(byte[] content) {
        return WeightFiles.open(Fixtures.write(directory, content));
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-zip.pth", "torch-legacy.pth"})
    void readsWhatTorchWrote(String name) {
        try (WeightSource source = open(Fixtures.resource(name))) {
            assertThat(source.tensors().keySet())
                    .containsExactly(
                            "module.conv1.weight",
                            "module.channels_last",
                            "module.transposed",
                            "module.shared.first",
                            "module.shared.rest",
                            "module.half",
                            "module.bfloat",
                            "module.double",
                            "module.parameter",
                            "module.bn1.num_batches_tracked",
                            "module.empty");
            float[] conv = Fixtures.count(24);
            assertThat(source.tensor("module.channels_last").shape()).isEqualTo(Shape.of(2, 3, 2, 2));
            assertThat(source.read("module.conv1.weight")).isEqualTo(conv);
            assertThat(source.read("module.channels_last")).isEqualTo(conv);
            assertThat(source.tensor("module.transposed").shape()).isEqualTo(Shape.of(3, 2));
            assertThat(source.read("module.transposed")).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(source.read("module.shared.first")).isEqualTo(Fixtures.count(8));
            assertThat(source.read("module.shared.rest"))
                    .startsWith(8, 9)
                    .endsWith(22, 23)
                    .hasSize(16);
            assertThat(source.read("module.half")).isEqualTo(Fixtures.count(5));
            assertThat(source.read("module.bfloat")).isEqualTo(Fixtures.count(5));
            assertThat(source.read("module.parameter")).isEqualTo(Fixtures.count(4));
            assertThat(source.read("module.empty")).isEmpty();
            assertThat(source.tensor("module.bn1.num_batches_tracked").type()).isEqualTo(ElementType.I64);
            assertThatThrownBy(() -> source.read("module.double"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("F64");
        }
    }

    @Test
    void readsZip64WithByteOrderAndSerializationId() {
        byte[] pickle = PickleWriter.oneTensor(4, 0, new long[] {2, 2}, new long[] {2, 1});
        byte[] zip = new ZipWriter(true)
                .entry("model/data.pkl", pickle)
                .entry("model/byteorder", new byte[] {'b', 'i', 'g'})
                .entry("model/data/0", Fixtures.floats(ByteOrder.BIG_ENDIAN, 0, 1, 2, 3))
                .entry("model/version", new byte[] {'3', '\n'})
                .entry("model/.data/serialization_id", new byte[40])
                .end();
        try (WeightSource source = open(zip)) {
            assertThat(source.read("w")).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void readsLargeTensors() {
        int elements = 3_000_001;
        float[] values = Fixtures.count(elements);
        byte[] pickle = PickleWriter.oneTensor(elements, 0, new long[] {elements}, new long[] {1});
        try (WeightSource source =
                open(ZipWriter.checkpoint(pickle, Fixtures.floats(ByteOrder.LITTLE_ENDIAN, values)))) {
            assertThat(source.read("w")).isEqualTo(values);
        }
    }

    @Test
    void readsOrderedDictsOfPython2() {
        byte[] pickle = new PickleWriter()
                .global("collections", "OrderedDict")
                .op(']', '(', ']', '(', 'U', 1, 'w')
                .tensor("FloatStorage", "0", 4, 1, new long[] {3}, new long[] {1})
                .op('e', 'e', 0x85, 'R')
                .end();
        try (WeightSource source = open(ZipWriter.checkpoint(pickle, FOUR))) {
            assertThat(source.read("w")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void readsPartsOfLegacyStorages() {
        byte[] object = new PickleWriter()
                .op('}')
                .text("w")
                .global("torch._utils", "_rebuild_tensor")
                .op('(', '(')
                .text("storage")
                .global("torch", "FloatStorage")
                .text("root")
                .text("cuda:0")
                .integer(4)
                .op('(')
                .text("part")
                .integer(1)
                .integer(2)
                .op('t', 't', 'Q')
                .integer(1)
                .tuple(1)
                .tuple(1)
                .op('t', 'R', 's')
                .end();
        byte[] legacy = new PickleWriter()
                .op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.')
                .op(0x80, 2)
                .integer(1001)
                .op('.')
                .op(0x80, 2, '}', '.')
                .raw(object)
                .op(0x80, 2, ']')
                .text("root")
                .op('a', '.')
                .int64(4)
                .raw(FOUR)
                .unfinished();
        try (WeightSource source = open(legacy)) {
            assertThat(source.read("w")).containsExactly(2);
        }
    }

    @Test
    void readsTheRealLegacyFileBitForBitAsItsSafetensorsCopy() {
        Path legacy = Fixtures.shared("cifar10/akamaster/resnet20-12fca82f.th");
        Path copy = Fixtures.shared("cifar10/akamaster/resnet20-12fca82f.safetensors");
        try (WeightSource torch = WeightFiles.open(legacy);
                WeightSource safetensors = WeightFiles.open(copy)) {
            assertThat(torch.tensors().keySet().stream().map(NameMapping.TORCH::map))
                    .containsExactlyInAnyOrderElementsOf(safetensors.tensors().keySet().stream()
                            .map(NameMapping.TORCH::map)
                            .toList());
            for (TensorInfo info : torch.tensors().values()) {
                String name = safetensors.tensors().keySet().stream()
                        .filter(other -> NameMapping.TORCH.map(other).equals(NameMapping.TORCH.map(info.name())))
                        .findFirst()
                        .orElseThrow();
                assertThat(safetensors.tensor(name).shape()).isEqualTo(info.shape());
                assertThat(torch.read(info.name())).isEqualTo(safetensors.read(name));
            }
        }
    }

    @Test
    void readsTheRealResNet18() {
        try (WeightSource source = WeightFiles.open(Fixtures.shared("imagenet/resnet18-pqf-small.legacy.pth"))) {
            assertThat(source.tensors()).hasSize(20 * 6 + 2);
            assertThat(source.tensor("layer4.1.conv2.weight").shape()).isEqualTo(Shape.of(512, 512, 3, 3));
            assertThat(source.read("bn1.running_mean")).containsOnly(0);
            assertThat(source.read("bn1.running_var")).containsOnly(1);
        }
    }
}
