package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackboneTest {
    private static final RgbImage IMAGE = Pictures.blocks(32, 32, 4);

    private final Model model = ResNet.bundled();

    /** A network of the same operations that no spec is known for, as one from a file. */
    private final Model foreign = foreign(model);

    @Test
    void poolsTheLastMap() {
        float[] map = Runs.outputs(Backbone.of(model, Features.LAST_MAP), IMAGE).getFirst();
        float[] average =
                Runs.outputs(Backbone.of(model, Features.AVERAGE), IMAGE).getFirst();
        float[] maximum =
                Runs.outputs(Backbone.of(model, Features.MAXIMUM), IMAGE).getFirst();
        assertThat(average).hasSize(64);
        for (int c = 0; c < 64; c++) {
            double sum = 0;
            float greatest = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < 64; i++) {
                sum += map[c * 64 + i];
                greatest = Math.max(greatest, map[c * 64 + i]);
            }
            assertThat((double) average[c]).isCloseTo(sum / 64, within(1e-5));
            assertThat(maximum[c]).isCloseTo(greatest, within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Features.class, names = "PYRAMID", mode = EnumSource.Mode.EXCLUDE)
    void givesTheSameFeaturesWhereNoSpecIsKnown(Features kind) {
        float[] known = Runs.outputs(Backbone.of(model, kind), IMAGE).getFirst();
        assertThat(Runs.outputs(Backbone.of(foreign, kind), IMAGE).getFirst()).containsExactly(known, within(1e-5f));
    }

    @Test
    void keepsStridesForDilation() {
        List<float[]> pyramid = Runs.outputs(Backbone.of(model, Features.PYRAMID, 2), IMAGE);
        assertThat(pyramid).extracting(level -> level.length).containsExactly(16 * 1024, 32 * 256, 64 * 256);
        assertThat(Runs.outputs(Backbone.of(model, Features.PYRAMID), IMAGE))
                .extracting(level -> level.length)
                .containsExactly(16 * 1024, 32 * 256, 64 * 64);
    }

    @Test
    void takesABackbone() {
        Model backbone = ResNet.named("resnet20-cifar10")
                .withHead(new HeadSpec.Backbone(Features.AVERAGE))
                .randomWeights(1);
        assertThat(Backbone.of(backbone, Features.LAST_MAP).graph().outputs()).hasSize(1);
        assertThat(Runs.outputs(Backbone.of(backbone, Features.LAST_MAP), IMAGE).getFirst())
                .hasSize(64 * 64);
    }

    @Test
    void refusesStagesThatItDoesNotKnow() {
        assertThatThrownBy(() -> Backbone.of(foreign, Features.PYRAMID))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot have a pyramid: its stages are not known");
        assertThatThrownBy(() -> Backbone.of(foreign, Features.AVERAGE, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot have another output stride");
        assertThatThrownBy(() -> Backbone.of(model, Features.AVERAGE, 32)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Model foreign(Model model) {
        List<Node> nodes = new ArrayList<>(model.graph().nodes());
        nodes.add(new Node.Softmax("activation", "fc"));
        return model.withGraph(new Graph(nodes, List.of("activation")));
    }
}
