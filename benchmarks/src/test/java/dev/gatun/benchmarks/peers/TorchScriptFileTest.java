package dev.gatun.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Passes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchScriptFileTest {
    private final Model model = ResNet.named("resnet18").randomWeights(1);

    @Test
    void holdsTheCodeAndEveryTensor(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("m.pt");
        TorchScriptFile.write(model, TorchMode.FUSED, "bf16", 2, file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String code = new String(read(zip, "code/__torch__.py"), StandardCharsets.UTF_8);
            assertThat(code)
                    .contains("def forward(self: __torch__.ResNet,")
                    .contains("self.v_conv1_w = torch.to(self.v_conv1_w, 15)")
                    .contains("ops.mkldnn._reorder_convolution_weight(self.v_conv1_w, [3, 3], [2, 2], [1, 1], 1,"
                            + " [2, 3, 224, 224])");
            assertThat(read(zip, "data.pkl")).startsWith(0x80, 2).endsWith('.');
            // 20 convolutions and the inner product, weights and bias each
            assertThat(zip.stream().filter(entry -> entry.getName().startsWith("resnet/data/")))
                    .hasSize(42);
            assertThat(zip.stream()).allMatch(entry -> entry.getMethod() == ZipEntry.STORED);
            Node.Conv stem = (Node.Conv) Passes.fuse(model.graph()).node("conv1");
            float[] expected =
                    FoldedConv.of(stem, model.weights()::get).weights().get();
            float[] found = new float[expected.length];
            ByteBuffer.wrap(read(zip, "data/0"))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(found);
            assertThat(found).containsExactly(expected);
        }
    }

    @Test
    void overwritesOnlyWhatNobodyReadsLater() {
        String code = TorchCode.of(fused(), TorchMode.FUSED, "f32", new long[] {1, 3, 224, 224});
        // the first block adds the pooled stem, which nobody reads after that
        assertThat(code).contains("ops.mkldnn._convolution_pointwise_(v_maxpool, v_layer1_0_conv1, ");
        Graph withTap = new Graph(fused().nodes(), List.of("fc", "maxpool"));
        assertThat(TorchCode.of(withTap, TorchMode.FUSED, "f32", new long[] {1, 3, 224, 224}))
                .contains("ops.mkldnn._convolution_pointwise(v_layer1_0_conv1, v_maxpool, self.");
    }

    @Test
    void plainModesUsePublicOperationsOnly() {
        for (TorchMode mode : List.of(TorchMode.CHANNELS_LAST, TorchMode.OPTIMIZED)) {
            assertThat(TorchCode.of(fused(), mode, "f32", new long[] {1, 3, 224, 224}))
                    .contains("torch.conv2d(")
                    .doesNotContain("mkldnn");
        }
    }

    @Test
    void refusesTypesThatTorchIsNotRunIn() {
        assertThatThrownBy(() -> TorchCode.of(fused(), TorchMode.FUSED, "int8", new long[] {1, 3, 224, 224}))
                .hasMessageContaining("int8");
    }

    private Graph fused() {
        return Passes.fuse(model.graph());
    }

    private static byte[] read(ZipFile zip, String name) throws Exception {
        return zip.getInputStream(zip.getEntry("resnet/" + name)).readAllBytes();
    }
}
