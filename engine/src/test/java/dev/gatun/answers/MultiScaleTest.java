package dev.gatun.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gatun.CompileOptions;
import dev.gatun.Errors;
import dev.gatun.Model;
import dev.gatun.ResNet;
import dev.gatun.image.Preprocessing;
import dev.gatun.image.RgbImage;
import dev.gatun.spec.Features;
import dev.gatun.spec.HeadSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultiScaleTest {
    private static final CompileOptions OPTIONS = CompileOptions.defaults();

    /** Sides that the longer one is cropped to were counted by hand. */
    @Test
    void looksAtTheWholeImageAtEveryScale() {
        ResNet variant = ResNet.named("resnet20-cifar10");
        Model model = variant.randomWeights(1);
        RgbImage image = Pictures.blocks(100, 64, 3);
        try (MultiScale scales = new MultiScale(model, OPTIONS, List.of(32, 48, 64))) {
            List<MultiScale.View> views = scales.look(image);
            assertThat(views)
                    .extracting(MultiScale.View::height, MultiScale.View::width)
                    .containsExactly(tuple(32, 32), tuple(48, 48), tuple(64, 96));
            for (MultiScale.View view : views) {
                assertThat(view.nanos()).isPositive();
                Preprocessing same = new Preprocessing(
                        view.height(),
                        view.height(),
                        view.width(),
                        model.preprocessing().interpolation(),
                        model.preprocessing().normalization());
                Model alone = variant.withPreprocessing(same).randomWeights(1);
                assertThat(Errors.relative(
                                view.logits(), Runs.outputs(alone, image).getFirst()))
                        .isLessThan(1e-4);
            }
        }
    }

    /** More sizes than are kept, and the first of them again. */
    @Test
    void forgetsSizesAndKnowsThemAgain() {
        try (MultiScale scales = new MultiScale(ResNet.bundled(), OPTIONS, List.of(32))) {
            RgbImage square = Pictures.blocks(40, 40, 1);
            float[] first = scales.look(square).getFirst().logits();
            for (int width = 64; width <= 128; width += 32) {
                assertThat(scales.look(Pictures.blocks(width, 32, 2)).getFirst().width())
                        .isEqualTo(width);
            }
            assertThat(scales.look(square).getFirst().logits()).isEqualTo(first);
        }
    }

    @Test
    void keepsToTheSidesThatSamePaddingAllows() {
        Model model = ResNet.named("resnet20v1-keras-cifar10").randomWeights(1);
        try (MultiScale scales = new MultiScale(model, OPTIONS, List.of(36))) {
            MultiScale.View view = scales.look(Pictures.blocks(50, 90, 1)).getFirst();
            assertThat(view.height()).isEqualTo(36);
            assertThat(view.width()).isEqualTo(36);
        }
        assertThatThrownBy(() -> new MultiScale(model, OPTIONS, List.of(33)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("33x33, expected multiples of 4");
    }

    @Test
    void refusesWhatItCannotLookAt() {
        assertThatThrownBy(() -> new MultiScale(ResNet.bundled(), OPTIONS, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 scales");
        assertThatThrownBy(() -> new MultiScale(ResNet.bundled(), OPTIONS, List.of(64, 31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a scale of 31 pixels, expected at least 32");
        Model backbone = ResNet.named("resnet20-cifar10")
                .withHead(new HeadSpec.Backbone(Features.AVERAGE))
                .randomWeights(1);
        assertThatThrownBy(() -> new MultiScale(backbone, OPTIONS, List.of(32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of 0 classes");
    }
}
