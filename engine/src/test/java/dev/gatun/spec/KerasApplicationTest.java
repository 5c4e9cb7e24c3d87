package dev.gatun.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatun.graph.GraphBuilder;
import dev.gatun.spec.KerasApplication.Pooling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KerasApplicationTest {
    /** {@code output_shape} and {@code count_params()} of Keras; without top it is 2048 * 1000 + 1000 parameters less. */
    @ParameterizedTest
    @CsvSource({
        "ResNet50, resnet50-keras, 25636712, 23587712",
        "ResNet101, resnet101-keras, 44707176, 42658176",
        "ResNet152, resnet152-keras, 60419944, 58370944",
        "ResNet50V2, resnet50v2-keras, 25613800, 23564800",
        "ResNet101V2, resnet101v2-keras, 44675560, 42626560",
        "ResNet152V2, resnet152v2-keras, 60380648, 58331648"
    })
    void isTheVariantWithOrWithoutTop(String function, String variant, long parameters, long withoutTop) {
        KerasApplication application = KerasApplication.of(function);
        assertThat(application.spec().name()).isEqualTo(variant);
        assertThat(parameters(application)).isEqualTo(parameters);
        assertThat(output(application)).isEqualTo(Shape.of(1, 1000));
        assertThat(parameters(application.withTop(false))).isEqualTo(withoutTop);
    }

    @Test
    void endsInSoftmaxUnlessToldOtherwise() {
        KerasApplication application = KerasApplication.of("ResNet50").withClasses(7);
        assertThat(application.spec().head()).isEqualTo(new HeadSpec.Classes(7, Activation.SOFTMAX));
        for (Activation activation : Activation.values()) {
            assertThat(application.withClassifierActivation(activation).spec().head())
                    .isEqualTo(new HeadSpec.Classes(7, activation));
        }
        assertThat(output(application)).isEqualTo(Shape.of(1, 7));
    }

    @ParameterizedTest
    @CsvSource({"NONE, 2, 3", "AVG, 1, 1", "MAX, 1, 1"})
    void poolsImagesOfAnySizeWithoutTop(Pooling pooling, int height, int width) {
        KerasApplication application = KerasApplication.of("ResNet50V2")
                .withTop(false)
                .withInputShape(64, 96)
                .withPooling(pooling);
        assertThat(output(application)).isEqualTo(Shape.of(1, 2048, height, width));
    }

    @Test
    void refusesWhatKerasRefuses() {
        KerasApplication application = KerasApplication.of("ResNet50");
        assertThatThrownBy(() -> KerasApplication.of("ResNet18"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'ResNet18'", "ResNet152V2");
        assertThatThrownBy(() -> application.withInputShape(200, 224))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input_shape is 200x224, expected 224x224 with include_top: it is free without top only");
        assertThatThrownBy(() -> application.withTop(false).withInputShape(64, 31))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input_shape is 64x31, expected at least 32x32");
        assertThatThrownBy(
                        () -> application.withTop(false).withInputShape(64, 64).withTop(true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> application.withClasses(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long parameters(KerasApplication application) {
        return GraphBuilder.build(application.spec()).parameters().stream()
                .mapToLong(tensor -> tensor.shape().elements())
                .sum();
    }

    private static Shape output(KerasApplication application) {
        return GraphBuilder.build(application.spec())
                .outputShapes(1, application.inputHeight(), application.inputWidth())
                .getFirst();
    }
}
