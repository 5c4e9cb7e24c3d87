package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.gatun.CompileOptions;
import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.answers.ClassActivation.Explanation;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import org.junit.jupiter.api.Test;

class ClassActivationTest {
    private static final RgbImage IMAGE = Pictures.blocks(50, 40, 3);

    private final Model model = ResNet.bundled();

    @Test
    void isTheLastMapWeightedByTheRowOfTheClass() {
        float[] map = Runs.outputs(Backbone.of(model, Features.LAST_MAP), IMAGE).getFirst();
        float[] weight = model.weights().get("fc.weight");
        try (ClassActivation activation = new ClassActivation(model, CompileOptions.defaults())) {
            for (int index = 0; index < model.classes(); index++) {
                HeatMap heat = activation.explain(IMAGE, index).heat();
                assertThat(heat.height()).isEqualTo(8);
                assertThat(heat.width()).isEqualTo(8);
                for (int pixel = 0; pixel < 64; pixel++) {
                    double expected = 0;
                    for (int c = 0; c < 64; c++) {
                        expected += (double) weight[index * 64 + c] * map[c * 64 + pixel];
                    }
                    assertThat((double) heat.at(pixel % 8, pixel / 8)).isCloseTo(expected, within(1e-3));
                }
            }
        }
    }

    @Test
    void addsUpToTheLogit() {
        float[] logits = Runs.outputs(model, IMAGE).getFirst();
        float[] bias = model.weights().get("fc.bias");
        try (ClassActivation activation = new ClassActivation(model, CompileOptions.defaults())) {
            for (int index = 0; index < model.classes(); index++) {
                HeatMap heat = activation.explain(IMAGE, index).heat();
                double sum = 0;
                for (int pixel = 0; pixel < 64; pixel++) {
                    sum += heat.at(pixel % 8, pixel / 8);
                }
                assertThat(sum / 64 + bias[index]).isCloseTo(logits[index], within(1e-4));
            }
        }
    }

    @Test
    void explainsTheMostProbableClassUnlessToldOtherwise() {
        float[] logits = Runs.outputs(model, IMAGE).getFirst();
        int best = 0;
        for (int i = 0; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        try (ClassActivation activation = new ClassActivation(model, CompileOptions.defaults())) {
            Explanation top = activation.explain(IMAGE);
            assertThat(top.prediction().index()).isEqualTo(best);
            assertThat(activation.explain(IMAGE, best).prediction()).isEqualTo(top.prediction());
            assertThatThrownBy(() -> activation.explain(IMAGE, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("class 10, expected 0 to 9");
        }
    }

    @Test
    void refusesNetworksWithoutClasses() {
        Model backbone = ResNet.named("resnet20-cifar10")
                .withHead(new HeadSpec.Backbone(Features.LAST_MAP))
                .randomWeights(1);
        assertThatThrownBy(() -> new ClassActivation(backbone, CompileOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected an inner product of the mean of its last map");
    }
}
