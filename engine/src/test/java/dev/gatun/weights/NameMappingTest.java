package dev.gatun.weights;

import static org.assertj.core.api.Assertions.assertThat;

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
}
