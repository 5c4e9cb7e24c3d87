package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.spec.Shape;
import dev.gatun.spec.TensorSpec;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameMappingTest {
    @ParameterizedTest
    @CsvSource({
        "layer1.0.conv1.weight, layer1.0.conv1.weight",
        "fc.bias, fc.bias",
        "module.conv1.weight, conv1.weight",
        "module._orig_mod.conv1.weight, conv1.weight",
        "module.linear.weight, fc.weight",
        "linear.bias, fc.bias",
        "layer1.0.linear.bias, layer1.0.linear.bias",
        "module.layer2.0.shortcut.1.running_var, layer2.0.downsample.1.running_var",
        "submodule.conv1.weight, submodule.conv1.weight",
    })
    void mapsTorchNames(String name, String mapped) {
        assertThat(NameMapping.TORCH.map(name)).isEqualTo(mapped);
    }

    @Test
    void ignoresBatchCountsOnly() {
        assertThat(NameMapping.TORCH.ignores("layer1.0.bn1.num_batches_tracked"))
                .isTrue();
        assertThat(NameMapping.TORCH.ignores("num_batches_tracked")).isTrue();
        assertThat(NameMapping.TORCH.ignores("bn1.num_batches_tracked.weight")).isFalse();
        assertThat(NameMapping.TORCH.ignores("bn1.weight")).isFalse();
    }

    /** Layers of keras/applications/resnet.py and resnet_v2.py; of resnet50.py until 2019; of transformers' modeling_resnet.py. */
    @ParameterizedTest
    @CsvSource({
        "conv2_block1_1_conv, conv1_conv.bias, conv1.bias",
        "conv2_block1_1_conv, conv1_bn.running_mean, bn1.running_mean",
        "conv2_block1_1_conv, conv2_block1_0_conv.weight, layer1.0.downsample.0.weight",
        "conv2_block1_1_conv, conv2_block1_0_bn.bias, layer1.0.downsample.1.bias",
        "conv2_block1_1_conv, conv4_block23_3_conv.weight, layer3.22.conv3.weight",
        "conv2_block1_1_conv, conv5_block2_2_bn.weight, layer4.1.bn2.weight",
        "conv2_block1_1_conv, predictions.weight, fc.weight",
        "conv2_block1_1_conv, probs.weight, fc.weight",
        "conv2_block1_preact_bn, conv2_block1_preact_bn.weight, layer1.0.bn1.weight",
        "conv2_block1_preact_bn, conv3_block4_1_bn.weight, layer2.3.bn2.weight",
        "conv2_block1_preact_bn, conv3_block4_2_bn.weight, layer2.3.bn3.weight",
        "conv2_block1_preact_bn, conv3_block1_0_conv.bias, layer2.0.downsample.0.bias",
        "conv2_block1_preact_bn, post_bn.running_var, norm.running_var",
        "res2a_branch2a, conv1.weight, conv1.weight",
        "res2a_branch2a, bn_conv1.bias, bn1.bias",
        "res2a_branch2a, res2a_branch1.weight, layer1.0.downsample.0.weight",
        "res2a_branch2a, bn2a_branch1.weight, layer1.0.downsample.1.weight",
        "res2a_branch2a, res4f_branch2c.bias, layer3.5.conv3.bias",
        "res2a_branch2a, bn4f_branch2b.running_var, layer3.5.bn2.running_var",
        "res2a_branch2a, res4b22_branch2a.weight, layer3.22.conv1.weight",
        "res2a_branch2a, fc1000.weight, fc.weight",
        "embedder.embedder.convolution, encoder.stages.3.layers.2.layer.1.convolution.weight, layer4.2.conv2.weight",
        "resnet.embedder.embedder.convolution, resnet.encoder.stages.0.layers.0.shortcut.normalization.bias,"
                + " layer1.0.downsample.1.bias",
        "resnet.embedder.embedder.convolution, classifier.1.weight, fc.weight",
        "resnet.embedder.embedder.convolution, resnet.encoder.stages.99999999999.layers.0.layer.0.normalization.bias,"
                + " encoder.stages.99999999999.layers.0.bn1.bias",
    })
    void mapsOtherNamings(String sign, String name, String mapped) {
        assertThat(NameMapping.of(List.of(sign + ".weight", name), List.of()).map(name))
                .isEqualTo(mapped);
    }

    @Test
    void takesCountedLayersInTheOrderOfTheirNumbers() {
        List<TensorSpec> expected = Stream.of("conv1", "layer1.0.downsample.0", "layer1.0.conv1", "layer1.0.conv2")
                .map(layer -> new TensorSpec(layer + ".weight", Shape.of(1, 1, 1, 1), TensorSpec.Role.CONV_WEIGHT))
                .toList();
        List<String> names =
                List.of("conv2d_12.weight", "conv2d_9.weight", "conv2d.weight", "conv2d_10.weight", "conv2d_10.bias");
        NameMapping mapping = NameMapping.of(names, expected);
        assertThat(names.stream().map(mapping::map))
                .containsExactly(
                        "layer1.0.downsample.0.weight",
                        "layer1.0.conv1.weight",
                        "conv1.weight",
                        "layer1.0.conv2.weight",
                        "layer1.0.conv2.bias");
        assertThat(mapping.map("my_conv2d_9.weight")).isEqualTo("my_conv2d_9.weight");
    }

    @Test
    void ignoresWhatItIsTold() {
        NameMapping mapping = NameMapping.TORCH.ignoring(Pattern.compile("fc\\..*"));
        assertThat(mapping.ignores("fc.bias")).isTrue();
        assertThat(mapping.ignores("bn1.num_batches_tracked")).isTrue();
        assertThat(mapping.ignores("bn1.bias")).isFalse();
    }
}
